#!/usr/bin/env bash
# Runs a command with a PostgreSQL and an SMTP server of its own, both new, on free loopback ports, and removes
# them afterwards, also when the command fails or is stopped:
#
#   scripts/with-services.sh COMMAND [ARGUMENT…]
#
# The command finds them in XIAOYUAN_TEST_POSTGRES (an address of a database whose user may make others),
# XIAOYUAN_TEST_SMTP (HOST:PORT) and XIAOYUAN_TEST_MAILDIR (a folder, one file a mail).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
[ $# -gt 0 ] || fail "No command to run." "Example: scripts/with-services.sh cargo test -p service"

# The programs.
postgres_bin() {
    local dir
    for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        if [ -x "$dir/initdb" ]; then printf '%s\n' "$dir"; fi
    done | sort -V | tail -n 1
}
bin=$(postgres_bin)
if [ -z "$bin" ] && have initdb && have pg_ctl; then bin=$(dirname "$(command -v initdb)"); fi
if [ -z "$bin" ]; then
    apt_install "PostgreSQL" postgresql
    bin=$(postgres_bin)
fi
python=python3
if ! "$python" -c 'import aiosmtpd' 2>/dev/null; then
    python=$root/e2e/.venv/bin/python
    if ! "$python" -c 'import aiosmtpd' 2>/dev/null; then
        if can_apt; then
            apt_install "the SMTP server for tests" python3-aiosmtpd
            python=/usr/bin/python3
        else
            say "Installing the SMTP server for tests into e2e/.venv"
            python3 -m venv "$root/e2e/.venv"
            "$python" -m pip install --quiet aiosmtpd
        fi
    fi
fi

# PostgreSQL refuses to run as root: there it is the user postgres.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
work=$(mktemp -d /tmp/xiaoyuan-test.XXXXXX)
sink=
stop() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$sink" ]; then kill "$sink" 2>/dev/null || true; fi
    if [ -f "$work/data/postmaster.pid" ]; then
        as_postgres "$bin/pg_ctl" stop -D "$work/data" -m immediate -s || true
    fi
    rm -rf "$work"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

chmod 755 "$work"
mkdir "$work/data" "$work/socket" "$work/mail"
if [ "$(id -u)" = 0 ]; then chown postgres "$work/data" "$work/socket"; fi
say "Starting a PostgreSQL and an SMTP server for the tests"
(cd / && as_postgres "$bin/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --locale=C --no-sync) >"$work/initdb.log" 2>&1 || {
    cat "$work/initdb.log" >&2
    fail "initdb failed"
}
# A free port may be taken before the server binds it: another try takes another.
for try in 1 2 3 4 5; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if (cd / && as_postgres "$bin/pg_ctl" start -s -w -D "$work/data" -l "$work/data/server.log" \
        -o "-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/socket \
            -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 -c timezone=UTC") >&2; then
        break
    fi
    [ "$try" != 5 ] || {
        cat "$work/data/server.log" >&2
        fail "PostgreSQL did not start"
    }
done
: >"$work/sink.out"
"$python" "$root/e2e/smtp_sink.py" "$work/mail" 0 >"$work/sink.out" 2>"$work/sink.err" &
sink=$!
for ((i = 0; i < 100; i++)); do
    smtp=$(sed -n 's/^ready //p' "$work/sink.out")
    [ -z "$smtp" ] || break
    kill -0 "$sink" 2>/dev/null || break
    sleep 0.1
done
[ -n "$smtp" ] || {
    cat "$work/sink.err" >&2
    fail "The SMTP server did not start"
}

export XIAOYUAN_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
export XIAOYUAN_TEST_SMTP=$smtp
export XIAOYUAN_TEST_MAILDIR=$work/mail
"$@"
