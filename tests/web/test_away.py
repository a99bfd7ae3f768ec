"""What everybody is told while the database is away: in words, in the form they asked in, with what they typed."""

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def asked(method: str, address: str, *, error: Exception | None = None, client: Client | None = None, **sent):
    """A request every query of which fails."""

    def gone(execute, sql, params, many, context):
        raise error or OperationalError("server closed the connection unexpectedly")

    client = client or Client()
    client.raise_request_exception = False
    client.cookies["sessionid"] = "k" * 32
    with connection.execute_wrapper(gone):
        return getattr(client, method)(address, **sent)


def test_page_says_that_nothing_is_lost_and_offers_to_try_again():
    response = asked("get", reverse("applications") + "?q=1")

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "5", "no-store")
    assert "已经确认保存和提交的内容都在，没有丢失" in page
    assert 'href="/applications/?q=1"' in page
    assert "Content-Security-Policy" in response


def test_page_speaks_the_readers_language():
    response = asked("get", reverse("applications"), headers={"Accept-Language": "en"})

    assert "nothing that was confirmed is lost" in response.content.decode()


def test_form_comes_back_with_what_was_typed():
    typed = {"a-title": "红树林<鸟类>监测", "version": "3", "csrfmiddlewaretoken": "t" * 32}

    page = asked("post", "/applications/abc/edit/", data=typed).content.decode()

    assert 'name="a-title" value="红树林&lt;鸟类&gt;监测"' in page
    assert 'action="/applications/abc/edit/"' in page


def test_password_is_not_put_into_a_page():
    page = asked("post", reverse("account_login"), data={"login": "pupil", "password": "geheim-2026"}).content.decode()

    assert "geheim-2026" not in page
    assert "请用浏览器的“后退”回到刚才的页面" in page


def test_saving_as_one_types_is_told_in_json():
    response = asked(
        "patch", "/applications/abc/save/", data="{}", content_type="application/json", headers={"X-Requested-With": "autosave"}
    )  # fmt: skip

    assert response.status_code == 503
    assert (response.json()["message"], response.json()["retry_after"]) == (
        "平台暂时连不上数据库，内容已留在本机，将自动重试。",
        5,
    )


@pytest.mark.parametrize("header", ["HX-Request", "Tus-Resumable"])
def test_script_is_told_in_a_sentence(header):
    response = asked("get", "/applications/", headers={header: "true"})

    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert response.content.decode().startswith("平台暂时连不上数据库")


def test_mistake_of_ours_stays_a_500():
    assert asked("get", reverse("applications"), error=ProgrammingError("no such column")).status_code == 500


def test_missing_table_is_no_absence():
    with pytest.raises((OperationalError, ProgrammingError)) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM a_table_that_is_not_there")

    from kechuang.web.away import is_away

    assert is_away(caught.value) is False
