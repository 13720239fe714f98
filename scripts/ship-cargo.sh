#!/usr/bin/env bash
# cargo with the compiler that builds both halves, in a target folder of its own (target/ship), so that the
# everyday folder is not rebuilt each time the two compilers take turns. Arguments are cargo's.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
settings=$(scripts/wasm-toolchain.sh)
eval "$settings"
# What an outer `cargo run` sets for its own compiler would mislead this one.
unset LD_LIBRARY_PATH CARGO_MANIFEST_DIR CARGO_MANIFEST_PATH
export CARGO_TARGET_DIR=$root/target/ship
exec cargo "$@"
