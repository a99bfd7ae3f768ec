import json
import logging

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from kechuang.base import upkeep
from kechuang.base.watching import logs, parts
from kechuang.base.watching.logs import JsonFormatter, RequestIdFilter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.MEDIA_ROOT, settings.UPLOAD_DIR = tmp_path / "files", tmp_path / "uploads"


def line(message: str, *args: object, **extra: object) -> dict:
    record = logging.LogRecord("kechuang.test", logging.INFO, __file__, 1, message, args, None)
    record.__dict__.update(extra)
    RequestIdFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


def test_readiness_names_each_part(client):
    before = client.get("/readyz").json()
    parts.beat()
    after = client.get("/readyz").json()

    assert before == {"ready": True, "parts": after["parts"] | {"worker": before["parts"]["worker"]}}
    assert before["parts"]["worker"].startswith("no job worker")
    assert after["parts"] == dict.fromkeys(("database", "migrations", "files", "room", "worker"), "ok")
    assert default_storage.listdir("ready") == ([], [])


def test_a_part_that_fails_makes_the_platform_not_ready(client, monkeypatch):
    def down() -> str:
        raise OperationalError("secret address")

    monkeypatch.setitem(parts.NEEDED, "database", down)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "does not answer (OperationalError)"


def test_a_silent_worker_is_told_and_pages_still_serve(client, monkeypatch):
    parts.beat()
    monkeypatch.setattr(parts, "SILENT_AFTER", -1)

    body = client.get("/readyz").json()

    assert (body["ready"], body["parts"]["worker"].startswith("no job worker")) == (True, True)


def test_the_worker_gives_a_sign_of_life():
    assert "base.beat" in upkeep.tick(everything=True)
    assert 0 <= parts.seconds_since_work() < 60


def test_metrics_count_requests_by_page_and_name_no_address(client):
    client.get("/works/no-such-work/")

    text = client.get("/metrics").content.decode()

    assert 'kechuang_requests_total{method="GET",status="4xx",view="work"}' in text
    assert 'kechuang_request_seconds_bucket{le="0.5",view="work"}' in text
    assert "kechuang_audit_rows " in text
    assert "no-such-work" not in text


def test_metrics_are_hidden_from_other_machines_and_open_to_the_token(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="10.9.9.9").status_code == 404
    settings.METRICS_TOKEN = "let-me-read"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer let-me-read"}).status_code == 200


def test_metrics_cost_a_fixed_number_of_queries(client, django_assert_num_queries):
    with django_assert_num_queries(6):
        client.get("/metrics")


def test_each_answer_carries_the_id_of_its_request(client):
    own = client.get("/healthz")
    proxied = client.get("/healthz", headers={"X-Request-ID": "abc-123-from-nginx"})
    forged = client.get("/healthz", headers={"X-Request-ID": "x\n{bad}"})

    assert len(own["X-Request-ID"]) == 16
    assert proxied["X-Request-ID"] == "abc-123-from-nginx"
    assert len(forged["X-Request-ID"]) == 16


def test_an_error_page_shows_the_id_that_the_log_has(client, caplog):
    response = client.get("/works/no-such-work/", headers={"X-Request-ID": "abcdefgh-0001"})

    assert "abcdefgh-0001" in response.content.decode()
    assert "abcdefgh-0001" in caplog.text


def test_a_log_line_is_one_object_with_the_request_id():
    token = logs.request_id.set("r1")
    try:
        found = line("served %s", "page", view="home", status=200)
    finally:
        logs.request_id.reset(token)

    assert {k: v for k, v in found.items() if k != "at"} == {
        "level": "INFO", "logger": "kechuang.test", "message": "served page", "request_id": "r1", "view": "home", "status": 200,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["11010519491231002X", "G110105194912310021", "13800138000"])
def test_a_number_of_a_person_never_reaches_the_log(number):
    assert line("refused %s in row 7", number)["message"] == "refused […] in row 7"


def test_what_is_no_persons_number_stays():
    assert line("job 12345678 took 1500000 rows")["message"] == "job 12345678 took 1500000 rows"


def test_the_access_line_has_view_and_time_but_no_address(client, caplog):
    with caplog.at_level(logging.INFO, "kechuang.access"):
        client.get("/works/?q=张三")

    record = next(record for record in caplog.records if record.name == "kechuang.access")
    assert (record.view, record.method, record.status, record.user) == ("works", "GET", 200, None)
    assert "张三" not in record.getMessage()
