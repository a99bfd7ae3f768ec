"""The limit: a bare Django of one view that reads one row by its index. What a page may at best be on this machine."""

import os

import environ
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        DATABASES={"default": environ.Env().db_url_config(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 60}},
        USE_TZ=True,
    )

from django.core.wsgi import get_wsgi_application
from django.db import connection


def one_row(request: HttpRequest, number: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_id, title FROM engine_application WHERE id = %s", [number])
        row = cursor.fetchone()
    return HttpResponse("—".join(row or ("nothing",)))


urlpatterns = [path("row/<int:number>/", one_row)]
application = get_wsgi_application()
