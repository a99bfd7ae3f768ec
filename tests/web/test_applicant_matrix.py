"""Every page of the team, the guardian and the files, opened by each of the fifteen people of the matrix."""

import pytest
from django.urls import reverse

from kechuang.base.models import Upload
from tests.factories.orgs import a_guardian
from tests.web.applicant_scene import a_scene, a_submitted, everybody, signed_in
from tests.web.matrix import applicant, files, guardian

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def addresses(scene, application) -> dict[str, list[str]]:
    """The addresses that stand for each URL name."""
    one = application.public_id
    stored = application.attachments.first().stored
    elsewhere = {"applications", "begin", "application_files", "application_move"}
    found = {name: [reverse(name, args=[one])] for name in applicant.MATRIX if name not in elsewhere}
    return found | {
        "applications": [reverse("applications")],
        "begin": [reverse("begin", args=[scene.call.slug])],
        "application_files": [reverse("application_files", args=[one, "report"])],
        "application_move": [reverse("application_move", args=[one, move]) for move in ("withdraw", "endorse")],
        "guardian": [reverse("guardian")],
        "consent": [reverse("consent", args=[scene.pupil.public_id, "entering"])],
        "guardian_join": [reverse("guardian_join")],
        "file": [reverse("file", args=[stored.public_id])],
        "uploads": [reverse("uploads")],
        "upload": [reverse("upload", args=[Upload(name="x", size=1).public_id])],
    }


def opened(client, url) -> bool:
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    assert response.status_code in {200, 302, 403, 404, 405}
    return response.status_code == 200 or (
        response.status_code == 302 and not response.url.startswith(reverse("account_login"))
    )


def test_pages_open_for_those_in_the_matrix_and_nobody_else():
    scene = a_scene()
    pages = addresses(scene, a_submitted(scene))
    people = everybody(scene) | {"guardian": a_guardian(scene.pupil)}
    people.pop("other_pupil")
    clients = {who: signed_in(person) for who, person in people.items()}
    matrix = applicant.MATRIX | guardian.MATRIX | files.MATRIX

    found = {
        name: {who for who, client in clients.items() if any(opened(client, url) for url in pages[name])}
        for name in matrix
    }

    assert found == matrix
