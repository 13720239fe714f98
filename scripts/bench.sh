#!/usr/bin/env bash
# What the server can do, as ratios of one run on this machine; docs/bench.md says how to read them. The aims stand
# beside the results; no figure fails the run. SECONDS_EACH (4) is how long each page is asked for.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

seconds=${SECONDS_EACH:-4}
have wrk || apt_install "the load generator" wrk
have curl || apt_install "curl" curl
bin=$root/target/ship/release/xiaoyuan
examples=$root/target/ship/release/examples

say "Building what is measured against"
scripts/ship-cargo.sh build --quiet --release -p service --example static_bytes --example ballots \
    --example roll_import

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
# rate URL [WRK ARGUMENT…]: requests a second, each answered well.
rate() {
    local said
    said=$(wrk -t1 -c32 -d"${seconds}s" "${@:2}" "$1")
    if grep -q 'Non-2xx\|Socket errors' <<<"$said"; then fail "$1 was not always answered" "$said"; fi
    awk '/^Requests\/sec/ { print int($2) }' <<<"$said"
}
# weighs ADDRESS…: bytes on the wire after brotli, of all together.
weighs() {
    local address sum=0
    for address in "$@"; do
        sum=$((sum + $(curl -fsS -o /dev/null -w '%{size_download}' -H 'Accept-Encoding: br' "$base$address")))
    done
    echo "$sum"
}
title() { printf '\n%s\n' "$1"; }
line() { printf '  %-52s %12s   %s\n' "$1" "$2" "${3:-}"; }
of() { echo "$(($1 * 100 / $2)) %"; }
kb() { echo "$(($1 / 1000)).$(($1 % 1000 / 100)) kB"; }

say "Making the demo's data"
port=$(free_port)
base=http://127.0.0.1:$port
env -i PATH="$PATH" "$bin" demo --database "sqlite://$work/demo.sqlite3?mode=rwc" >/dev/null

say "Starting"
begun=$(now_ms)
serve
answers "$base/healthz"
start_ms=$(($(now_ms) - begun))
rss_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")

say "Filling a page with 50 posts"
matter=$(curl -fsS -G --data-urlencode 'q=沙池' "$base/proposals" | grep -o '/proposals/[0-9]\+' | head -n 1)
[ -n "$matter" ] || fail "The demo has no matter about 沙池 to measure."
posts() { curl -fsS "$base$matter" | grep -o 'class="post[" ]' | wc -l; }
people=$(curl -fsS "$base/sign-in" | grep -o '<button[^>]*name="person"[^>]*>' | grep -o 'value="[0-9]*"' | tr -dc '0-9\n')
token=
for person in $people; do
    token=$(curl -fsS -o /dev/null -c - -H "Origin: $base" -d "person=$person" "$base/sign-in/demo" | awk '$6 == "xiaoyuan" { print $7 }')
    for ((n = 0; n < 14 && $(posts) < 50; n++)); do
        curl -fsS -o /dev/null -b "xiaoyuan=$token" -H "Origin: $base" -d stance=addition \
            --data-urlencode "body=晚上车多，放学的孩子在车缝里跑，要有个围起来的地方。第 $n 条。" "$base$matter/posts"
    done
done
shown=$(posts)
[ "$shown" -ge 50 ] || fail "The page shows $shown posts, not 50."

say "Asking for pages, $seconds s each, twice in turns"
curl -fsS "$base$matter" >"$work/page.html"
static_port=$(free_port)
"$examples/static_bytes" "127.0.0.1:$static_port" "$work/page.html" &
started+=("$!")
answers "http://127.0.0.1:$static_port/"
cat >"$work/anew.lua" <<'LUA'
-- An address that nobody asked for before: the page is made anew.
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", wrk.path .. "?anew=" .. n)
end
LUA
static=0 kept=0 anew=0 signed=0
for _ in 1 2; do
    static=$((static + $(rate "http://127.0.0.1:$static_port/")))
    kept=$((kept + $(rate "$base$matter")))
    anew=$((anew + $(rate "$base$matter" -s "$work/anew.lua")))
    signed=$((signed + $(rate "$base$matter" -H "Cookie: xiaoyuan=$token")))
done
served_kb=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")

say "Weighing"
html=$(weighs "$matter")
css=$(weighs "$(grep -o '/assets/[^"]*\.css' "$work/page.html" | head -n 1)")
alive=$(curl -fsS -b "xiaoyuan=$token" "$base$matter" | grep -o '/assets/[^"]*\.\(js\|wasm\)' | sort -u)
# shellcheck disable=SC2086
scripts=$(weighs $alive)
home=$(weighs /)

say "Casting ballots"
votes=$(TMPDIR=$work "$examples/ballots")
cast=$(sed -E 's/.*"cast_per_second":([0-9]+).*/\1/' <<<"$votes")
limit=$(sed -E 's/.*"limit_per_second":([0-9]+).*/\1/' <<<"$votes")

say "Taking in a roll of 50,000 owners"
rolls=$(TMPDIR=$work "$examples/roll_import")

title "A matter with $shown posts, requests a second (wrk, 1 thread, 32 connections)"
line "the same bytes from memory, by axum" "$((static / 2))" "100 %"
line "anonymous" "$((kept / 2))" "$(of "$kept" "$static")   aim: 25 %"
line "anonymous, made anew each time" "$((anew / 2))" "$(of "$anew" "$static")"
line "signed in" "$((signed / 2))" "$(of "$signed" "$static")"
title "Ballots a second, durable, SQLite"
line "the same rows written, nothing else" "$limit" "100 %"
line "cast" "$cast" "$(of "$cast" "$limit")"
title "A roll of 50,000 owners: checked, then taken in by one transaction"
while read -r database rows check apply total; do
    line "$database: checked" "$check ms"
    line "$database: taken in" "$apply ms"
    line "$database: together" "$total ms" "aim: under 20000 ms; $((rows * 1000 / total)) rows a second"
done < <(sed -E 's/.*"database":"([a-z]+)","rows":([0-9]+),"check_ms":([0-9]+),"apply_ms":([0-9]+),"total_ms":([0-9]+).*/\1 \2 \3 \4 \5/' <<<"$rolls")
title "Bytes after brotli"
line "HTML of that page" "$(kb "$html")"
line "HTML of the home page" "$(kb "$home")"
line "style sheet" "$(kb "$css")"
line "HTML and style sheet" "$(kb $((html + css)))" "aim: at most 30 kB"
line "wasm and JavaScript, where something is alive" "$(kb "$scripts")" "aim: at most 90 kB"
title "Start with the demo's data"
line "to the first answer of /healthz" "$start_ms ms" "aim: under 1000 ms"
line "memory after the start" "$((rss_kb / 1024)) MB" "aim: under 80 MB"
line "memory after this run" "$((served_kb / 1024)) MB"
title "Statements a page (first; asked again)"
# A number that optimisation doesn't change, so the everyday build counts it.
statements=$(XIAOYUAN_TEST_ONLY=sqlite cargo test --quiet -p server --test it statements:: -- --nocapture |
    sed -n 's/^ *sqlite *\([0-9]*\) statements, *\([0-9]*\) again *\(.*\)/\1 \2 \3/p')
while read -r first again page; do line "$page" "$first; $again"; done <<<"$statements"
