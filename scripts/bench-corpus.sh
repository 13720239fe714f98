#!/usr/bin/env bash
# How fast things are found and pages open in a hall of 100,000 matters and 1,000,000 posts, beside a hall of 100 and
# 1,000, each on SQLite and, where scripts/with-services.sh gives one, on PostgreSQL. docs/bench.md says how to read it;
# no figure fails the run.
#
#   MATTERS, POSTS   how much the large hall holds (100000, 1000000)
#   THREAD           posts of its longest thread (5000)
#   ROUNDS           how often each page and each question is asked (20)
#   BENCH_BIN        the server (target/ship/release/xiaoyuan)
#   BENCH_KEEP       a folder for the databases, which stay there: what is there already is not made again
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

matters=${MATTERS:-100000}
posts=${POSTS:-1000000}
thread=${THREAD:-5000}
export ROUNDS=${ROUNDS:-20}
bin=$(realpath "${BENCH_BIN:-$root/target/ship/release/xiaoyuan}")
[ -x "$bin" ] || fail "The server is not built: $bin is missing." "Build it with: make build"
have sqlite3 || apt_install "SQLite's own program" sqlite3
have curl || apt_install "curl" curl
have psql || [ -z "${XIAOYUAN_TEST_POSTGRES:-}" ] || apt_install "PostgreSQL's own program" postgresql-client

if [ -n "${BENCH_KEEP:-}" ]; then
    work=$BENCH_KEEP
    mkdir -p "$work"
    work=$(realpath "$work")
else
    mkdir -p "$root/target"
    work=$(mktemp -d "$root/target/bench-corpus.XXXXXX")
fi
started=()
stop() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    [ -n "${BENCH_KEEP:-}" ] || rm -rf "$work"
}
trap stop EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# Without the settings of the surroundings; its key and its files lie beside the databases.
alone_exec() { cd "$work" && exec env -i PATH="$PATH" HOME="$HOME" XIAOYUAN_KEY_FILE="$work/hall.key" "$bin" "$@"; }
alone() { (alone_exec "$@"); }
# fill NAME URL MATTERS POSTS THREADS: a demo with a corpus, and its index; what it prints stays in NAME.json.
fill() {
    local begun=$SECONDS
    say "$1: $3 matters and $4 posts"
    alone demo --database "$2" >/dev/null
    cargo xtask corpus --database "$2" --matters "$3" --posts "$4" --threads "$5" >"$work/$1.made"
    say "$1: the index"
    alone search rebuild --database "$2"
    mv "$work/$1.made" "$work/$1.json"
    say "$1: made in $((SECONDS - begun)) s"
}
# serve NAME URL: starts a server, and puts its address into NAME.base.
serve() {
    local port i
    port=$(free_port)
    # One process, which is the server itself, so that it can be stopped.
    (alone_exec serve --demo --addr "127.0.0.1:$port" --database "$2") >"$work/$1.log" 2>&1 &
    started+=("$!")
    for ((i = 0; i < 3000; i++)); do
        if curl -fs -o /dev/null "http://127.0.0.1:$port/healthz"; then break; fi
        sleep 0.01
    done
    curl -fs -o /dev/null "http://127.0.0.1:$port/healthz" || fail "$1 does not answer" "$(cat "$work/$1.log")"
    echo "http://127.0.0.1:$port" >"$work/$1.base"
}
# both KIND LARGE-URL SMALL-URL [MAKE]: fills where asked to, serves both halls, and measures.
both() {
    if [ ! -s "$work/$1-large.json" ]; then fill "$1-large" "$2" "$matters" "$posts" "$thread,50"; fi
    if [ ! -s "$work/$1-small.json" ]; then fill "$1-small" "$3" 100 1000 50; fi
    serve "$1-large" "$2"
    serve "$1-small" "$3"
    python3 scripts/bench_corpus.py "$1" "$work/$1-large" "$work/$1-small" scripts/bench_corpus.txt
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait "${started[@]}" 2>/dev/null || true
    started=()
}

file() { echo "sqlite://$work/$1.sqlite3?mode=rwc"; }
both sqlite "$(file large)" "$(file small)"
echo "  bytes of the large file: $(($(stat -c %s "$work/large.sqlite3") / 1000000)) MB"
[ -n "${BENCH_KEEP:-}" ] || rm -f "$work"/*.sqlite3*

if [ -z "${XIAOYUAN_TEST_POSTGRES:-}" ]; then
    say "No PostgreSQL here: scripts/with-services.sh scripts/bench-corpus.sh measures on both"
    exit 0
fi
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --command "$1" "$XIAOYUAN_TEST_POSTGRES"; }
database() { echo "${XIAOYUAN_TEST_POSTGRES%/*}/bench_corpus_$1"; }
for name in large small; do
    [ "$(ask "SELECT count(*) FROM pg_database WHERE datname = 'bench_corpus_$name'")" = 1 ] || {
        ask "CREATE DATABASE bench_corpus_$name"
        rm -f "$work/postgresql-$name.json"
    }
done
both postgresql "$(database large)" "$(database small)"
echo "  bytes of the large database: $(ask "SELECT pg_database_size('bench_corpus_large') / 1000000") MB"
if [ -z "${BENCH_KEEP:-}" ]; then
    for name in large small; do ask "DROP DATABASE bench_corpus_$name WITH (FORCE)"; done
fi
