#!/bin/sh
# The whole suite on SQLite and, where one answers, on PostgreSQL: both at once, for a suite keeps one core busy. The one on
# PostgreSQL is seen as it runs, the other one afterwards. Ends non-zero when anything fails. With arguments, which go to
# pytest, the databases take turns. Both run what asks the database for anything; once run what asks no database, the walk of
# everybody over every page (test_matrix), what a browser does with one page (test_*_in_browser), a rehearsed edition, the demo city. Of the
# journeys, which take most of the time, each database has its own: the contest by key on SQLite and with the thumb on PostgreSQL,
# one recognition here, another there. `sh scripts/test.sh tests/journeys` runs all of them, and with the mouse, on both.
# DATABASE_URL_PG names the PostgreSQL server (the tests make and drop the database itself).
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
postgres=${DATABASE_URL_PG:-postgres://postgres@127.0.0.1:5432/kechuang}
on_sqlite() { env -u DATABASE_URL "$python" -m pytest "$@"; }
on_postgres() { DATABASE_URL=$postgres "$python" -m pytest --create-db "$@"; }

if ! reason=$("$python" scripts/postgres_answers.py "$postgres"); then
    if [ -n "${DATABASE_URL_PG:-}" ]; then
        echo "PostgreSQL was asked for by DATABASE_URL_PG and does not answer: $reason" >&2
        exit 1
    fi
    echo "== Tests on SQLite"
    on_sqlite "$@"
    echo "Not tested on PostgreSQL: none answers ($reason). Start one, or name it by DATABASE_URL_PG, to run the suite on both."
    exit 0
fi
if [ "$#" -gt 0 ]; then
    echo "== Tests on SQLite"
    on_sqlite "$@"
    echo "== Tests on PostgreSQL"
    on_postgres "$@"
    exit 0
fi

contest="tests/journeys/test_contest.py::test_a_contest_from_the_call_to_the_certificate"
log=$(mktemp)
beside=""
stop() { [ -z "$beside" ] || kill "$beside" 2>/dev/null || true; rm -f "$log"; }
trap stop EXIT
trap 'exit 130' INT TERM
failed=""
in_browser=$(ls tests/web/test_*_in_browser.py | grep -v test_kit | sed 's/^/--ignore=/')
rehearsed="tests/console/test_rehearse.py::test_rehearsal_adds_up_and_repeats_itself"
# shellcheck disable=SC2086 -- one option each
on_sqlite --share 0/12 $in_browser --deselect "$rehearsed" --deselect "$contest[chromium-mouse]" --deselect "$contest[chromium-touch]" >"$log" 2>&1 &
beside=$!
echo "== Tests on PostgreSQL (those on SQLite run beside and are shown next)"
on_postgres --share 6/12 --asks-database --ignore=tests/web/test_matrix.py --ignore=tests/web/test_kit_in_browser.py --ignore=tests/console/test_demo.py \
    --deselect "$contest[chromium-keyboard]" --deselect "$contest[chromium-mouse]" || failed="$failed PostgreSQL"
echo "== Tests on SQLite"
wait "$beside" || failed="$failed SQLite"
beside=""
cat "$log"
[ -z "$failed" ] || { echo "Failed:$failed" >&2; exit 1; }
