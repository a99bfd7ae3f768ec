#!/bin/sh
# Sees to what tests need of the system: Chromium and a Chinese font. Installs them by apt where it may, else says the remedy.
# nginx, which carries out docs/production.md, is installed along where nothing would start it; without it that test is skipped.
set -eu
missing=""
command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="chromium"
[ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || missing="$missing fontconfig fonts-noto-cjk"
wished=""
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || [ -d /run/systemd/system ] || wished="nginx"
remedy="Install them and run this again:  apt-get install -y --no-install-recommends $missing"
if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo"; else as_root="none"; fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
get() { # get PACKAGE…
    { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1
}
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Tests need: $missing. This machine has no apt-get; install Chromium and a Chinese font by its own means, and set CHROMIUM to the browser's path." >&2
        exit 1
    fi
    [ "$as_root" != none ] || { echo "Tests need: $missing. $remedy" >&2; exit 1; }
    echo "Installing what tests need: $missing"
    # shellcheck disable=SC2086 -- the names are words
    if ! get $missing; then
        tail -n 5 "$log" >&2
        echo "The packages could not be installed. $remedy" >&2
        exit 1
    fi
fi
if [ -n "$wished" ] && [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing what a test wishes for: $wished"
    get "$wished" || echo "It could not be installed; the test that needs it is skipped."
fi
