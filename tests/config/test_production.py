"""What production demands: a process of its own, started with production's settings, looked at from outside."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    name: f"Zq-{name.lower()}-{'0123456789abcdef' * 3}-secret" for name in ("SECRET_KEY", "AUDIT_KEY", "INDEX_KEY")
}
KEY = "Zq-field-key-0123456789abcdef0123456789abcdef-secret"
PROGRAM = """
import json, django
from django.conf import settings
class Tables:  # made from the models: the migrations are tested elsewhere
    def __contains__(self, app): return True
    def __getitem__(self, app): return None
settings.MIGRATION_MODULES = Tables()
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0, run_syncdb=True)
client = Client(headers={"host": "kechuang.example"})
plain = client.get("/verify/")
secure = client.get("/account/sign-in/", secure=True)
broken = client.post("/account/sign-in/", {"login": "440305201009071234", "password": "Zq-typed-password"}, secure=True)
missing = client.get("/no/such/?token=Zq-in-address", secure=True)
told = {
    "redirect": [plain.status_code, plain.headers.get("Location", "")],
    "headers": dict(secure.headers),
    "cookies": {name: {key: morsel[key] for key in ("secure", "httponly", "samesite")} for name, morsel in client.cookies.items()},
    "statuses": [broken.status_code, missing.status_code],
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
    "hashers": settings.PASSWORD_HASHERS[0], "debug": settings.DEBUG, "demo": settings.DEMO,
}
try:
    raise RuntimeError("a database that refuses postgres://kechuang:Zq-database-password@db/kechuang")
except RuntimeError:
    import logging
    logging.getLogger("kechuang.web").exception("broken for 440305201009071234")
print("TOLD" + json.dumps(told))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str]:
    """What the program told, and everything that it logged."""
    folder = tmp_path_factory.mktemp("var")
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DEBUG", "DATABASE_URL", "LOG_LEVEL"}},
        "DJANGO_SETTINGS_MODULE": "config.settings", "KECHUANG_PRODUCTION": "1", "KECHUANG_VAR": str(folder), "ALLOWED_HOSTS": "kechuang.example",
        "SITE_URL": "https://kechuang.example", "FIELD_KEYS": f"k1={KEY}", "LOG_LEVEL": "DEBUG",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", **SECRETS,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return json.loads(ran.stdout.partition("TOLD")[2]), ran.stderr + ran.stdout.partition("TOLD")[0]


def test_nothing_is_served_without_https_and_browsers_remember_it(production):
    told, _log = production

    assert told["redirect"] == [301, "https://kechuang.example/verify/"]
    assert re.fullmatch(r"max-age=31536000; includeSubDomains; preload", told["headers"]["Strict-Transport-Security"])


def test_headers_keep_others_scripts_frames_and_addresses_out(production):
    headers = production[0]["headers"]

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_travel_by_https_alone(production):
    told, _log = production

    assert told["cookies"]["csrftoken"]["secure"] is True
    assert {cookie["samesite"] for cookie in told["cookies"].values()} <= {"Lax", "Strict"}
    assert told["session"] == [True, True, "Lax"]
    assert (told["debug"], told["demo"]) == (False, False)
    assert told["hashers"].endswith("Argon2PasswordHasher")


def test_no_secret_and_no_person_stands_in_a_log_line(production):
    """At the most talkative level: keys, what was typed as a password, numbers, and what an address carries."""
    told, log = production

    assert told["statuses"][1] == 404
    assert '"logger": "kechuang.access"' in log
    for secret in (
        *SECRETS.values(),
        KEY,
        "Zq-typed-password",
        "440305201009071234",
        "Zq-in-address",
        "Zq-database-password",
    ):
        assert secret not in log, secret


def test_production_does_not_start_without_its_keys():
    environment = {**os.environ, "KECHUANG_PRODUCTION": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    for name in (*SECRETS, "FIELD_KEYS"):
        environment.pop(name, None)

    ran = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert "SECRET_KEY" in ran.stderr


def test_a_store_without_its_keys_does_not_start():
    """Otherwise its library would look for keys on this machine and ask the network for them."""
    environment = {**os.environ, "S3_BUCKET": "files", "S3_ENDPOINT": "http://127.0.0.1:9"}

    ran = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert "S3_ACCESS_KEY" in ran.stderr
