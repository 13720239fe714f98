#!/usr/bin/env bash
# What the server can do, as ratios of one run on this machine; docs/bench.md says how to read them. The aims stand
# beside the results; no figure fails the run. SECONDS_EACH (4) is how long each page is asked for.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

seconds=${SECONDS_EACH:-4}
have wrk || apt_install "the load generator" wrk
have curl || apt_install "curl" curl
have brotli || apt_install "brotli" brotli
bin=$root/target/ship/release/xiaoyuan
examples=$root/target/ship/release/examples

say "Building what is measured against"
scripts/ship-cargo.sh build --quiet --release -p server --example static_bytes
scripts/ship-cargo.sh build --quiet --release -p service --example ballots

# On a real disk: a database in memory would make every commit free.
work=$(mktemp -d "$root/target/bench.XXXXXX")
started=()
stop() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# answers URL: waits until it does.
answers() {
    local i
    for ((i = 0; i < 3000; i++)); do
        if curl -fs -o /dev/null "$1"; then return; fi
        sleep 0.01
    done
    fail "$1 does not answer" "$(cat "$work/server.log")"
}
# serve: starts the server on the demo's data, without the settings of the surroundings.
serve() {
    env -i PATH="$PATH" HOME="$HOME" "$bin" serve --demo --addr "127.0.0.1:$port" \
        --database "sqlite://$work/demo.sqlite3?mode=rwc" >"$work/server.log" 2>&1 &
    server=$!
    started+=("$server")
}
# field NAME JSON
field() { sed -E "s/.*\"$1\":([0-9]+).*/\1/" <<<"$2"; }
percent() { echo $(($1 * 100 / $2)); }
line() { printf '  %-44s %14s   %s\n' "$1" "$2" "${3:-}"; }
head_line() { printf '\n%s\n' "$1"; }

say "Making the demo's data"
port=$(free_port)
base=http://127.0.0.1:$port
"$bin" demo --database "sqlite://$work/demo.sqlite3?mode=rwc" >/dev/null

begun=$(now_ms)
serve
answers "$base/healthz"
start_ms=$(($(now_ms) - begun))
rss_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")

# The longest page of the demo: the matter that is talked about most, filled up to 50 posts.
jar=$work/cookies
curl -fsS -o "$work/sign-in.html" "$base/sign-in"
person=$(grep -o 'value="[0-9]*"[^>]*class="choice-button"\|class="choice-button"[^>]*value="[0-9]*"' "$work/sign-in.html" |
    grep -o '[0-9]\+' | sed -n 4p)
curl -fsS -o /dev/null -c "$jar" -H "Origin: $base" -d "person=$person" "$base/sign-in/demo"
matter=$(curl -fsS "$base/proposals?q=$(printf '沙池' | od -An -tx1 | tr -d '\n' | sed 's/ /%/g')" | grep -o '/proposals/[0-9]\+' | head -n 1)
[ -n "$matter" ] || fail "The demo has no matter about 沙池 to measure."
for ((n = 1; n <= 60; n++)); do
    shown=$(curl -fsS "$base$matter" | grep -o 'id="post-[0-9]*"' | wc -l)
    [ "$shown" -lt 50 ] || break
    curl -fsS -o /dev/null -b "$jar" -H "Origin: $base" \
        -d "stance=addition&body=%E7%AC%AC$n%E6%9D%A1%EF%BC%9A%E6%99%9A%E4%B8%8A%E8%BD%A6%E5%A4%9A%EF%BC%8C%E5%AD%A9%E5%AD%90%E8%A6%81%E6%9C%89%E5%9C%B0%E6%96%B9%E7%8E%A9%E3%80%82" \
        "$base$matter/posts" || break
done
