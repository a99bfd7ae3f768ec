#!/bin/sh
# The whole suite, first on SQLite, then on PostgreSQL where one answers; stops at the first that fails.
# Arguments go to pytest. DATABASE_URL_PG names the PostgreSQL server (the database itself is made and dropped by the tests).
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
postgres=${DATABASE_URL_PG:-postgres://postgres@127.0.0.1:5432/kechuang}

echo "== Tests on SQLite"
env -u DATABASE_URL "$python" -m pytest "$@"

if reason=$("$python" scripts/postgres_answers.py "$postgres"); then
    echo "== Tests on PostgreSQL"
    DATABASE_URL=$postgres "$python" -m pytest --create-db "$@"
elif [ -n "${DATABASE_URL_PG:-}" ]; then
    echo "PostgreSQL was asked for by DATABASE_URL_PG and does not answer: $reason" >&2
    exit 1
else
    echo "Not tested on PostgreSQL: none answers ($reason). Start one, or name it by DATABASE_URL_PG, to run the suite on both."
fi
