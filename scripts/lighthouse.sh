#!/bin/sh
# Lighthouse (mobile) on the public pages, with production's static files: hashed names, gzip, far expiry. Prints one line a page.
# With SCRIPT=page_weight it counts bytes and requests instead (make page-weight).
# Outside the default install: npm fetches Lighthouse into var/lighthouse the first time. CHROME_PATH names a Chromium.
set -eu
cd "$(dirname "$0")/.."
place=$PWD/var/lighthouse
port=${PORT:-8765}
mkdir -p "$place"
script=${SCRIPT:-lighthouse}
if [ "$script" = lighthouse ] && [ ! -x "$place/node_modules/.bin/lighthouse" ]; then
    echo "Fetching Lighthouse (once) …"
    sh scripts/node.sh npm install --prefix "$place" --no-audit --no-fund --loglevel=error lighthouse@12.8.2
fi
CHROME_PATH=${CHROME_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
test -n "$CHROME_PATH" || { echo "Chromium is needed. Install it: apt-get install -y chromium, or set CHROME_PATH." >&2; exit 1; }
export CHROME_PATH
secret=lighthouse-measures-on-this-machine-only-0123456789abcdef0123456789
export KECHUANG_VAR="$place/city" DATABASE_URL="sqlite:///$place/city/city.sqlite3"
mkdir -p "$KECHUANG_VAR"
test -f "$place/city/city.sqlite3" || { .venv/bin/kechuang migrate --verbosity 0; .venv/bin/kechuang demo >/dev/null; }
export KECHUANG_PRODUCTION=1 SECRET_KEY=$secret AUDIT_KEY=$secret FIELD_KEY=$secret INDEX_KEY=$secret FIELD_KEYS="k1=$secret"
export LOG_LEVEL=WARNING SECURE_SSL_REDIRECT=0 ALLOWED_HOSTS=127.0.0.1 SITE_URL=http://127.0.0.1:$port
.venv/bin/kechuang collectstatic --noinput --verbosity 0
if [ "$script" = page_weight ]; then .venv/bin/python scripts/page_weight.py "$port"; else .venv/bin/python scripts/lighthouse.py "$place" "$port"; fi
