"""The builder opens every section of every programme's call, and keeps a declaration without school stages."""

import pytest
from django.urls import reverse

from kechuang.engine.calls.actions import create_call
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.web.officer.builder.forms import SECTIONS
from tests.factories.engine import a_ground, an_actor
from tests.factories.orgs import an_officer
from tests.web.applicant_scene import signed_in

pytestmark = pytest.mark.django_db


def test_every_section_of_every_programme_opens():
    ground = a_ground()
    client, by = signed_in(an_officer("city_officer", ground.org)), an_actor("city_officer", ground.org)

    for code in PROGRAMMES:
        call = create_call(code, ground.org, by=by, title=code, year=2026)
        assert client.get(reverse("call_preview", args=[call.slug])).status_code == 200
        for section in SECTIONS:
            assert client.get(reverse("call_edit", args=[call.slug, section.name])).status_code == 200, (
                code,
                section.name,
            )
