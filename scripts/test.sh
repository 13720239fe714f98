#!/usr/bin/env bash
# Everything that can be tested, on real parts. The Makefile runs it inside scripts/with-services.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

say "1/4 Rules, use cases and addresses, on SQLite and PostgreSQL"
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace --exclude client --no-fail-fast
    cargo test --workspace --exclude client --doc --quiet
else
    cargo test --workspace --exclude client --no-fail-fast
fi
say "2/4 Building what is shipped"
make --no-print-directory build
say "3/4 Sizes"
cargo xtask sizes
say "4/4 The story in a real browser"
scripts/e2e.sh
