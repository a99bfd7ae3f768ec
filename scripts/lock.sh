#!/bin/sh
# Writes the lock files: every package with its hashes, no addresses. Run it after pyproject.toml has changed.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
export UV_NO_CONFIG=1
lock() { # lock NAME [GROUP]
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
        pyproject.toml ${2:+--group "$2"} --output-file "requirements/$1.txt"
}
lock main
lock dev dev
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
    --group node --output-file requirements/node.txt
