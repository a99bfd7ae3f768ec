"""Looking over, sending in, the receipt, and what a retry does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import AuditEntry
from kechuang.engine.applications.models import Application, Movement, SignedPledge
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.rules import in_words
from tests.factories.engine import declared
from tests.factories.orgs import a_guardian, a_pupil, actor_for, an_officer
from tests.web.applicant_scene import a_draft, a_ready, a_scene, a_submitted, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def submit(client, application):
    return client.post(reverse("application_submit", args=[application.public_id]))


def test_submitting_gives_a_receipt():
    scene = a_scene()
    ready = a_ready(scene)
    client = signed_in(scene.pupil)

    response = submit(client, ready)

    ready.refresh_from_db()
    assert ready.state == "submitted"
    assert response.url == reverse("application_sent", args=[ready.public_id])
    assert ready.receipt_no in client.get(response.url).content.decode()


def test_submitting_twice_gives_the_same_receipt():
    scene = a_scene()
    ready = a_ready(scene)
    client = signed_in(scene.pupil)

    first, second = submit(client, ready), submit(client, ready)

    assert first.url == second.url
    assert Movement.objects.filter(application=ready, move="submit").count() == 1


def test_retry_after_the_school_went_on_still_finds_the_receipt():
    scene = a_scene()
    sent = a_submitted(scene)
    perform(sent, "endorse", by=actor_for(an_officer("school_officer", scene.school)))

    response = submit(signed_in(scene.pupil), sent)

    assert response.url == reverse("application_sent", args=[sent.public_id])


def test_incomplete_draft_is_refused_with_what_is_missing():
    scene = a_scene()
    draft = a_draft(scene)
    client = signed_in(scene.pupil)

    page = client.get(reverse("application_review", args=[draft.public_id]))
    response = submit(client, draft)

    assert "disabled" in page.content.decode()
    assert response.status_code == 422
    assert "没有提交" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.receipt_no) == ("draft", None)


def test_late_submission_is_refused_with_the_rule_and_the_servers_clock():
    scene = a_scene()
    ready = a_ready(scene)
    closed = clock.now() - timedelta(seconds=3)
    steps = [
        dict(step, closes_at=closed.isoformat()) if step["code"] == "apply" else step
        for step in scene.call.declaration["steps"]
    ]
    Call.objects.filter(pk=scene.call.pk).update(**declared({**scene.call.declaration, "steps": steps}))

    with clock.travel(closed + timedelta(seconds=3)):
        response = submit(signed_in(scene.pupil), ready)

    page = response.content.decode()
    rule = f"“申报”已于 {in_words(closed)} 截止（以服务器时间为准，现在是 {in_words(closed + timedelta(seconds=3))}），不能再办理"
    assert response.status_code == 422
    assert rule in page
    assert "您填写的内容都在，没有丢失" in page
    ready.refresh_from_db()
    assert (ready.state, ready.receipt_no) == ("draft", None)


def test_missing_consent_holds_the_submission_back():
    scene = a_scene()
    ready = a_ready(scene)
    client = signed_in(scene.pupil)
    client.post(reverse("consent", args=[scene.pupil.public_id, "entering"]), {"answer": "withdraw"})

    response = submit(client, ready)

    assert "参赛同意" in response.content.decode()
    ready.refresh_from_db()
    assert ready.state == "draft"


def test_pupil_with_an_entry_cannot_send_a_second():
    scene = a_scene()
    a_submitted(scene)
    second = a_ready(scene)

    response = submit(signed_in(scene.pupil), second)

    assert "每名学生每届只能参加一件" in response.content.decode()
    second.refresh_from_db()
    assert second.state == "draft"


def test_returned_application_is_sent_again_under_its_number():
    scene = a_scene()
    sent = a_submitted(scene)
    number = sent.receipt_no
    perform(sent, "return", by=actor_for(an_officer("school_officer", scene.school)), reason="补充数据")
    client = signed_in(scene.pupil)

    assert "补充数据" in client.get(reverse("application_review", args=[sent.public_id])).content.decode()
    submit(client, sent)

    sent.refresh_from_db()
    assert (sent.state, sent.receipt_no) == ("submitted", number)


def test_receipt_is_a_pdf_for_those_who_may_see_it():
    scene = a_scene()
    sent = a_submitted(scene)
    url = reverse("application_receipt", args=[sent.public_id])

    response = signed_in(scene.pupil).get(url)

    assert response.content.startswith(b"%PDF-")
    assert response["Cache-Control"] == "private, no-store"
    assert sent.receipt_no in response["Content-Disposition"]


def test_draft_has_no_receipt():
    scene = a_scene()
    draft = a_draft(scene)

    statuses = {
        signed_in(scene.pupil).get(reverse(name, args=[draft.public_id])).status_code
        for name in ("application_sent", "application_receipt")
    }

    assert statuses == {404}


def test_outsiders_and_guardians_cannot_submit():
    scene = a_scene()
    ready = a_ready(scene)

    assert submit(signed_in(an_officer("teacher", scene.school)), ready).status_code == 404
    assert submit(signed_in(a_guardian(scene.pupil)), ready).status_code == 403
    assert Application.objects.get(pk=ready.pk).state == "draft"


def unsigned(scene):
    """Everything is there but the signatures."""
    ready = a_ready(scene)
    SignedPledge.objects.filter(application=ready).delete()
    return ready


def signing(scene, *but):
    codes = [pledge.code for pledge in scene.call.plan.pledges if pledge.code not in but]
    return {"sign": codes, **{f"detail-{code}": "没有使用" for code in codes}}


def ledger(application):
    rows = AuditEntry.objects.filter(on_id=application.public_id).order_by("pk")
    return [row.action for row in rows if row.action in {"sign_pledge", "application.submit"}]


def test_declarations_are_signed_with_the_submission():
    scene = a_scene()
    ready = unsigned(scene)
    client, codes = signed_in(scene.pupil), [pledge.code for pledge in scene.call.plan.pledges]
    before = len(ledger(ready))

    page = client.get(reverse("application_review", args=[ready.public_id])).content.decode()
    response = client.post(reverse("application_submit", args=[ready.public_id]), signing(scene))

    assert page.count('name="sign"') == len(codes)
    assert "签署并提交" in page
    assert response.url == reverse("application_sent", args=[ready.public_id])
    signed = {row.code: row for row in SignedPledge.objects.filter(application=ready)}
    assert signed.keys() == set(codes)
    assert {row.signed_by for row in signed.values()} == {scene.pupil.user}
    assert signed["ai_use"].detail == "没有使用"
    assert ledger(ready)[before:] == ["sign_pledge"] * len(codes) + ["application.submit"]


def test_a_refused_submission_leaves_no_signature_and_keeps_what_was_ticked_and_written():
    scene = a_scene()
    ready = unsigned(scene)
    before = ledger(ready)

    response = signed_in(scene.pupil).post(
        reverse("application_submit", args=[ready.public_id]), signing(scene, "originality")
    )

    page = response.content.decode()
    name = next(pledge.name for pledge in scene.call.plan.pledges if pledge.code == "originality")
    assert response.status_code == 422
    assert f"还没有签署：{name}" in page
    assert 'value="ai_use" required checked' in page
    assert 'value="originality" required>' in page
    assert ">没有使用</textarea>" in page
    ready.refresh_from_db()
    assert (ready.state, SignedPledge.objects.filter(application=ready).count()) == ("draft", 0)
    assert ledger(ready) == before


def test_a_declaration_that_asks_for_words_is_not_signed_without_them():
    scene = a_scene()
    ready = unsigned(scene)

    response = signed_in(scene.pupil).post(
        reverse("application_submit", args=[ready.public_id]), signing(scene) | {"detail-ai_use": " "}
    )

    assert response.status_code == 422
    assert "没有使用请写“无”" in response.content.decode()
    assert not SignedPledge.objects.filter(application=ready).exists()


def test_nobody_signs_or_submits_for_others():
    scene = a_scene()
    ready = unsigned(scene)
    stranger, officer = a_pupil(scene.school, grade=8), an_officer("school_officer", scene.school)

    answers = [
        signed_in(one).post(reverse("application_submit", args=[ready.public_id]), signing(scene))
        for one in (stranger, officer)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not SignedPledge.objects.filter(application=ready).exists()


def test_signing_after_the_deadline_is_refused_with_the_rule():
    scene = a_scene()
    ready = unsigned(scene)
    closed = clock.now() - timedelta(seconds=3)
    steps = [
        dict(step, closes_at=closed.isoformat()) if step["code"] == "apply" else step
        for step in scene.call.declaration["steps"]
    ]
    Call.objects.filter(pk=scene.call.pk).update(**declared({**scene.call.declaration, "steps": steps}))

    response = signed_in(scene.pupil).post(reverse("application_submit", args=[ready.public_id]), signing(scene))

    assert response.status_code == 422
    assert "截止" in response.content.decode()
    assert not SignedPledge.objects.filter(application=ready).exists()
