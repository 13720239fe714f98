# shellcheck shell=bash
# What the scripts beside this one share. Source it; it does nothing by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export root

# Says what is being done, on stderr: stdout belongs to the caller.
say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
# Says why it can't go on, and what a person can do about it.
fail() {
    printf '\n!!! %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: directly, or by sudo where that asks nothing.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
can_apt() {
    have apt-get && { [ "$(id -u)" = 0 ] || { have sudo && sudo -n true 2>/dev/null; }; }
}

# apt_install WHY PACKAGE…: installs what is missing of the packages.
apt_install() {
    local why=$1 missing=() package
    shift
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    can_apt || fail "$why is missing, and it can't be installed from here (no apt-get, or no right to use it)." \
        "On Debian or Ubuntu: sudo apt-get install ${missing[*]}" \
        "Elsewhere install the same programs by the system's own means, then run this again."
    say "Installing $why: ${missing[*]}"
    local log
    log=$(mktemp)
    # A fresh machine has no package lists yet: look for them only when the first try fails.
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || {
            tail -n 20 "$log" >&2
            rm -f "$log"
            fail "apt-get could not install: ${missing[*]}"
        }
    fi
    rm -f "$log"
}
