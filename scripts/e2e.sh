#!/usr/bin/env bash
# Runs the tests in a real browser against the built server: scripts/e2e.sh [FILE…], all of e2e/ without files.
# Installs what they need. Servers and data are the tests' own; scripts/with-services.sh gives them a database
# and a mail server.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

if ! have node || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 18 ]; then apt_install "Node.js" nodejs; fi
have npm || apt_install "npm" npm
if [ -z "${CHROMIUM:-}" ]; then
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    if [ -z "$CHROMIUM" ]; then
        apt_install "the browser" chromium
        CHROMIUM=$(command -v chromium)
    fi
fi
export CHROMIUM
# Without Chinese letters the pictures of the pages show boxes.
if ! { have fc-list && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }; then
    if can_apt; then apt_install "Chinese letters" fonts-noto-cjk; else say "No Chinese font here: pictures will show boxes"; fi
fi
# npm ci throws everything away first: only when the lock has changed.
if ! cmp -s e2e/package-lock.json e2e/node_modules/.installed-lock; then
    say "Installing the browser tests' packages"
    (cd e2e && npm ci --no-audit --no-fund --loglevel=error) >&2
    cp e2e/package-lock.json e2e/node_modules/.installed-lock
fi

export XIAOYUAN_BIN=${XIAOYUAN_BIN:-$root/target/ship/release/xiaoyuan}
[ -x "$XIAOYUAN_BIN" ] || fail "The server is not built: $XIAOYUAN_BIN is missing." "Build it with: make build"
if [ $# -eq 0 ]; then
    shopt -s nullglob
    set -- e2e/*.test.mjs e2e/*.test.js
    [ $# -gt 0 ] || fail "There are no tests in e2e/ (*.test.mjs, *.test.js)."
fi
say "Testing in $("$CHROMIUM" --version 2>/dev/null | head -n 1)"
exec node --test --test-reporter=spec --test-concurrency=1 "$@"
