"""A CAS server of its own process for the tests: django-cas-server with one user. `python tests/providers/cas_process.py PORT FOLDER`."""

import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

USER, PASSWORD = "caswang", "cas-password"
urlpatterns: list[object] = []


class Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def main(port: int, folder: Path) -> None:
    settings.configure(
        SECRET_KEY="tests", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "cas.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
            "django.contrib.staticfiles", "cas_server",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.locale.LocaleMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
            "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]}}],
        STATIC_URL="static/", CAS_AUTH_CLASS="cas_server.auth.TestAuthUser", CAS_TEST_USER=USER, CAS_TEST_PASSWORD=PASSWORD,
        CAS_TEST_ATTRIBUTES={"email": "principal@example.cn"}, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        CAS_NEW_VERSION_HTML_WARNING=False, CAS_NEW_VERSION_EMAIL_WARNING=False,
    )  # fmt: skip
    django.setup()
    urlpatterns.append(path("cas/", include("cas_server.urls", namespace="cas_server")))
    call_command("migrate", verbosity=0, interactive=False)
    from cas_server.models import ServicePattern  # the settings come first
    from django.core.wsgi import get_wsgi_application

    ServicePattern.objects.create(pos=1, name="tests", pattern=".*")
    make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Silent).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
