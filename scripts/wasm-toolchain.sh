#!/usr/bin/env bash
# Finds or makes a compiler that builds both halves, the server's and the browser's, and prints the
# settings for it as shell exports (nothing where the ordinary compiler does). Three ways, in this order:
#   1. the active Rust toolchain already has wasm32-unknown-unknown;
#   2. rustup can add it;
#   3. Debian's rustc-web, with a standard library that is built once from rust-web-src.
# Both halves need the same compiler: the name of an island hashes its source as the compiler prints it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

target=wasm32-unknown-unknown
has_std() { # has_std RUSTC
    local dir
    dir=$("$1" --print target-libdir --target "$target" 2>/dev/null) && compgen -G "$dir/libstd-*.rlib" >/dev/null
}

have cargo || fail "Rust is missing." "Install it from https://rustup.rs, version 1.95 or later, then run this again."

# Way 1.
if has_std "${RUSTC:-rustc}"; then exit 0; fi

# Way 2, tried once a day at most: without a network it waits for time-outs.
tried=$root/target/.no-rustup-target
if have rustup && [ -z "$(find "$tried" -mtime -1 2>/dev/null)" ]; then
    say "Adding the browser's target to the Rust toolchain"
    if timeout 120 rustup target add "$target" >&2 && has_std rustc; then exit 0; fi
    mkdir -p "$root/target" && touch "$tried"
    say "rustup can't fetch it here: taking Debian's compiler for both halves"
fi

# Way 3.
rustc=/usr/bin/rustc
have wasm-ld-19 && [ -x "$rustc" ] && [ -d /usr/lib/rustlib/src/rust/library ] ||
    apt_install "the browser half's compiler" rustc-web rust-web-src lld-19
libs=/usr/lib/rustlib/$target
version=$("$rustc" -vV)
if ! has_std "$rustc" || [ "$(cat "$libs/built-by" 2>/dev/null)" != "$version" ]; then
    say "Building the browser half's standard library, once (1 to 2 minutes)"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/src" && : >"$work/src/lib.rs"
    printf '[package]\nname = "carrier"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/Cargo.toml"
    # Bitcode is kept in the library: link-time optimisation of the bundle needs it.
    (cd "$work" && RUSTC=$rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR=$work/target \
        cargo build --quiet --release -Zbuild-std=std,panic_abort,panic_unwind --target "$target") >&2
    rm -f "$work/target/$target/release/deps/libcarrier"*
    # The whole folder is replaced: a second copy of a crate in it would break every build.
    as_root rm -rf "$libs"
    as_root mkdir -p "$libs/lib"
    as_root cp "$work/target/$target/release/deps/"lib*.rlib "$libs/lib/"
    printf '%s\n' "$version" | as_root tee "$libs/built-by" >/dev/null
fi
echo "export RUSTC=$rustc"
echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19"
