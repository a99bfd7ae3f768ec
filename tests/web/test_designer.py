"""The designer's pages: choosing, seeing the sheet, keeping it; and the office's seals, which two people put into use."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kechuang.engine.awards.models import SealPicture
from kechuang.engine.awards.seals import approve_picture, register_picture
from kechuang.engine.calls.models import Call
from kechuang.orgs.actor import Actor
from tests.base import samples
from tests.factories.engine import a_call
from tests.factories.orgs import actor_for, an_officer
from tests.web.officer_scene import Scene, a_scene

pytestmark = pytest.mark.django_db
CHOSEN = {
    "look": "red_gold",
    "palette": "red",
    "orientation": "landscape",
    "languages": "both",
    "number": "corner",
    "qr": "on",
}
SHEET = re.compile(r'src="data:image/png;base64,([^"]+)"')


@pytest.fixture
def scene(settings, tmp_path) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    return a_scene()


@pytest.fixture
def city(scene):
    return scene.client("city")


def sheet_of(response) -> Image.Image:
    found = SHEET.search(response.content.decode())
    assert found
    return Image.open(BytesIO(b64decode(found[1])))


def test_a_design_is_seen_before_it_is_kept(city, scene):
    address = reverse("certificate_design_preview", args=[scene.call.slug])

    landscape = sheet_of(city.post(address, CHOSEN | {"version": 1}))
    portrait = sheet_of(city.post(address, CHOSEN | {"version": 1, "orientation": "portrait"}))

    assert landscape.width > landscape.height
    assert portrait.width < portrait.height
    assert Call.objects.get(pk=scene.call.pk).plan.certificate.design.look == "gold"


def test_a_published_call_takes_a_design_until_it_awards(city, scene):
    page = city.get(reverse("certificate_design", args=[scene.call.slug]))
    response = city.post(
        reverse("certificate_design", args=[scene.call.slug]),
        CHOSEN | {"version": scene.call.version, "title_en": "Diploma"},
    )

    plan = Call.objects.get(pk=scene.call.pk).plan.certificate
    assert (page.status_code, response.status_code) == (200, 302)
    assert (plan.design.look, plan.design.languages, plan.design.number, plan.title_en) == (
        "red_gold",
        "both",
        "corner",
        "Diploma",
    )
    assert city.get(reverse("certificate_sample", args=[scene.call.slug])).content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"look": "comic"}, "版式"),
        ({"sentence_en": "{names} {age}"}, "{age}"),
        ({"seal": "nothing"}, "印章"),
        ({"version": 99}, "刚刚被别人修改过"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(city, scene, change, why):
    response = city.post(
        reverse("certificate_design", args=[scene.call.slug]), CHOSEN | {"version": scene.call.version} | change
    )

    assert response.status_code == 422
    assert why in response.content.decode()
    assert Call.objects.get(pk=scene.call.pk).plan.certificate.design.look == "gold"


def test_previews_are_limited(city, scene, settings, monkeypatch):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"preview": "2/9"}
    monkeypatch.setattr("kechuang.base.throttle.time.time", lambda: 1_800_000_015.0)
    cache.clear()

    statuses = [
        city.post(reverse("certificate_design_preview", args=[scene.call.slug]), CHOSEN | {"version": 1}).status_code
        for _n in range(3)
    ]

    cache.clear()
    assert statuses == [200, 200, 429]


def test_a_seal_is_registered_by_one_and_approved_by_another(city, scene):
    other = scene.client("anonymous")
    other.force_login(an_officer("city_officer", scene.city.org).user, backend="kechuang.orgs.signin.accounts.Accounts")
    form = {"kind": "seal", "org": scene.city.org.pk, "name": scene.city.org.name, "post": ""}

    sent = city.post(reverse("seals"), form | {"file": SimpleUploadedFile("seal.png", samples.seal_png())})
    picture = SealPicture.objects.get()
    city.post(reverse("seal_approve", args=[picture.public_id]))
    after_own = SealPicture.objects.get().state
    other.post(reverse("seal_approve", args=[picture.public_id]))

    assert (sent.status_code, after_own, SealPicture.objects.get().state) == (302, "waiting", "approved")
    assert picture.public_id in city.get(reverse("certificate_design", args=[scene.call.slug])).content.decode()
    image = other.get(reverse("seal_image", args=[picture.public_id]))
    assert (image["Content-Type"], image["Cache-Control"]) == ("image/png", "private, no-store")


def test_a_file_that_is_no_seal_comes_back_with_its_sentence(city, scene):
    form = {"kind": "seal", "org": scene.city.org.pk, "name": "示范市教育局"}

    wrong = city.post(reverse("seals"), form | {"file": SimpleUploadedFile("seal.png", samples.image("JPEG"))})
    none = city.post(reverse("seals"), form)

    assert (wrong.status_code, none.status_code) == (422, 422)
    assert "PNG" in wrong.content.decode()
    assert "请选择图片文件" in none.content.decode()
    assert SealPicture.objects.count() == 0


def test_another_office_never_gets_a_seal(scene):
    made = register_picture(scene.city.org, "seal", samples.seal_png(), name="示范市教育局", by=Actor.system("test"))
    approve_picture(made, by=actor_for(scene.person("city")))

    for who in ("district", "school", "expert"):
        assert scene.client(who).get(reverse("seal_image", args=[made.public_id])).status_code in {403, 404}


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_seals_costs_a_fixed_number_of_queries(scene, city, n, django_assert_num_queries):
    for _n in range(n):
        register_picture(
            scene.city.org, "seal", samples.seal_png(size=200), name="示范市教育局", by=actor_for(scene.person("city"))
        )

    with django_assert_num_queries(7):
        response = city.get(reverse("seals"))

    assert len(response.context["lines"]) == n


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_templates_costs_a_fixed_number_of_queries(scene, city, n, django_assert_num_queries):
    for number in range(n):
        city.post(reverse("call_template_save", args=[a_call(scene.city).slug]), {"name": f"模板{number}"})

    with django_assert_num_queries(4):
        response = city.get(reverse("call_templates"))

    assert len(response.context["rows"]) == n
