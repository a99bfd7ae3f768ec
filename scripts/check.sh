#!/bin/sh
# Everything that can be known without running the product. Goes through all checks and says at the end which failed.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH
failed=""
step() { # step "what" "remedy" command…
    what=$1 remedy=$2
    shift 2
    printf '%s … ' "$what"
    if output=$("$@" 2>&1); then echo "ok"; else
        echo "failed"
        printf '%s\n' "$output" | tail -n 60
        echo "  → $remedy"
        failed="$failed\n  - $what"
    fi
}
production() {
    secret="check-only-$(head -c 48 /dev/urandom | od -An -tx1 | tr -d ' \n')"
    KECHUANG_PRODUCTION=1 SECRET_KEY=$secret AUDIT_KEY=$secret INDEX_KEY=$secret FIELD_KEYS="k1=$secret" \
        ALLOWED_HOSTS=kechuang.example SITE_URL=https://kechuang.example python manage.py check --deploy --fail-level WARNING
}
audit() { # known holes of the locked packages; says plainly when nobody could be asked
    printf 'Known holes of the packages … '
    if output=$(python scripts/audit_packages.py 2>&1); then printf '%s\n' "$output"; else
        echo "failed"
        printf '%s\n' "$output"
        echo "  → Raise the package in pyproject.toml, run make lock, or say in scripts/audit_packages.py why the hole does not concern us."
        failed="$failed\n  - Known holes of the packages"
    fi
}
step "Lint" "Run: .venv/bin/ruff check --fix ." ruff check --quiet .
step "Format" "Run: .venv/bin/ruff format ." ruff format --check --quiet .
step "Security lint" "Mend the lines named above, or say beside one (# nosec) why it is right." \
    bandit --quiet --recursive kechuang config --configfile pyproject.toml -ll
audit
step "Templates" "Mend the template lines named above." djlint --lint --quiet kechuang
step "Import contracts" "Move the import down the tree, or pass the thing in (style of the house: never an inline import)." lint-imports
step "Types" "Mend the types named above." mypy kechuang
step "System check" "Mend what Django names above." python manage.py check --fail-level WARNING
step "Migrations" "Run: .venv/bin/python manage.py makemigrations" python manage.py makemigrations --check --dry-run
step "Production settings" "Mend the setting named above." production
step "Translations" "Run: .venv/bin/python scripts/translations.py, then fill in the sentences named above." python scripts/translations.py --check
if [ -n "$failed" ]; then
    printf "These checks failed:$failed\n" >&2
    exit 1
fi
echo "All checks passed."
