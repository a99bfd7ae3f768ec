"""Prizes, numbered certificates as real PDFs, and what the public learns of them."""

import re
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.files.reading import pdf_words
from kechuang.base.jobs import Job, run_pending_jobs
from kechuang.base.models import Message, NumberSeries, StoredFile
from kechuang.base.pdf import FontsMissing, render
from kechuang.engine.applications.receipt import receipt_pdf
from kechuang.engine.awards import printing, queries
from kechuang.engine.awards.actions import award_call, correct_certificate, issue_certificates, revoke_award
from kechuang.engine.awards.models import Award, Certificate
from kechuang.engine.publicity.actions import draft_notice, publish_notice
from tests.engine.honours import DAY, closed_notice, make_actor, make_competition

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://kechuang.example.cn"
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    return make_competition(pupils=("张小三", "李四"), advisers=("赵老师",))


@pytest.fixture
def awarded(competition):
    return award_call(closed_notice(competition), by=competition.officer)


def text_of(pdf: bytes) -> str:
    return "".join("".join(words.text.split()) for words in pdf_words(pdf))


def pdf_of(certificate: Certificate) -> bytes:
    with certificate.stored.open() as file:
        return file.read()


def page_of(words: dict) -> bytes:
    return render(printing.TEMPLATE, printing.certificate_page(words))


# --- giving ------------------------------------------------------------------------------------------------------


def test_awarding_moves_writes_and_numbers(competition, awarded):
    for entry in competition.entries:
        entry.refresh_from_db()

    assert [entry.state for entry in competition.entries] == ["awarded", "awarded", "awarded", "not_awarded"]
    assert list(Award.objects.values_list("prize_name", "state")) == [
        ("一等奖", "valid"),
        ("二等奖", "valid"),
        ("三等奖", "valid"),
    ]
    assert list(Certificate.objects.values_list("number", "holder_kind", "person__name"))[:4] == [
        ("KCDS2026-000001", "team", "张小三"),
        ("KCDS2026-000002", "team", "李四"),
        ("KCDS2026-000003", "adviser", "赵老师"),
        ("KCDS2026-000004", "team", "张小三"),
    ]
    assert len(awarded.certificates) == 9
    assert queries.awards_by_prize(competition.call) == {"first": 1, "second": 1, "third": 1}


def test_codes_cannot_be_guessed_from_numbers(awarded):
    codes = set(Certificate.objects.values_list("code", flat=True))

    assert len(codes) == 9
    assert all(re.fullmatch(r"([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}", code) for code in codes)


def test_each_certificate_names_the_holder_first(awarded):
    names = [c.words["values"]["names"] for c in Certificate.objects.filter(holder_kind="team").order_by("id")[:2]]

    assert names == ["张小三、李四", "李四、张小三"]


def test_an_entry_without_named_members_gets_one_for_the_team():
    competition = make_competition(entries=2, prizes=("first", "second"), pupils=())

    award_call(closed_notice(competition), by=competition.officer)

    assert list(Certificate.objects.values_list("holder_kind", "person")) == [("team", None), ("team", None)]
    assert Certificate.objects.first().words["sentence"].startswith("参赛学生同学")


def test_awarding_twice_gives_nothing_twice(competition, awarded):
    notice = competition.decision.notices.get()

    again = award_call(notice, by=competition.officer)

    assert (again.awards, again.certificates, again.refused, again.job) == ([], [], [], None)
    assert (Award.objects.count(), Certificate.objects.count()) == (3, 9)


def test_an_open_notice_gives_no_prizes(competition):
    notice = publish_notice(draft_notice(competition.decision, by=competition.officer), by=competition.officer)

    with pytest.raises(Refused, match="公示还没有结束"):
        award_call(notice, by=competition.officer)
    assert Award.objects.count() == 0


def test_an_entry_disqualified_meanwhile_comes_back_with_its_sentence(competition):
    competition.entries[0].state = "disqualified"
    competition.entries[0].save()

    outcome = award_call(closed_notice(competition), by=competition.officer)

    assert len(outcome.awards) == 2
    assert [(entry.pk, "取消资格" in sentence) for entry, sentence in outcome.refused] == [
        (competition.entries[0].pk, True)
    ]


def test_only_who_issues_awards_may(competition):
    with pytest.raises(PermissionDenied):
        award_call(closed_notice(competition), by=make_actor("校管", competition.school, "school_officer"))


def test_a_call_without_approval_number_awards_nothing_at_all(competition):
    competition.call.approval_number = ""
    competition.call.save()

    with pytest.raises(Refused, match="批准文号"):
        award_call(closed_notice(competition), by=competition.officer)

    competition.entries[0].refresh_from_db()
    assert (Award.objects.count(), competition.entries[0].state) == (0, "in_publicity")


def test_a_failure_gives_its_number_back(competition, awarded):
    competition.call.approval_number, approval = "", competition.call.approval_number
    competition.call.save()
    with pytest.raises(Refused, match="批准文号"):
        correct_certificate(
            awarded.certificates[0], {"school": "示范第一学校"}, reason="校名有误", by=competition.officer
        )
    competition.call.approval_number = approval
    competition.call.save()

    new = correct_certificate(
        awarded.certificates[0], {"school": "示范第一学校"}, reason="校名有误", by=competition.officer
    )

    assert new.number == "KCDS2026-000010"
    assert [c.number for c in awarded.certificates] == [f"KCDS2026-{n:06d}" for n in range(1, 10)]
    assert NumberSeries.objects.get(kind="certificate:KCDS", year=2026).last == 10


def test_the_database_refuses_a_second_live_certificate(awarded):
    copy = Certificate.objects.first()
    copy.pk, copy.number, copy.code = None, "X", "Y"

    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_the_teams_are_told_once(awarded):
    assert Message.objects.filter(kind="award.given").count() == 9


# --- printing ----------------------------------------------------------------------------------------------------


def test_the_job_prints_every_certificate_and_says_how_far_it_is(competition, awarded):
    run_pending_jobs()

    job = Job.objects.get(kind="certificates.issue")
    assert (job.state, job.done, job.total, job.result) == ("succeeded", 9, 9, {"issued": 9})
    assert queries.issuing_progress(competition.call) == {"pending": 0, "issued": 9, "corrected": 0, "revoked": 0}


def test_the_pdf_reads_back_what_was_frozen():
    competition = make_competition(entries=1, prizes=("first",), pupils=("王䶮", "李㛃"), advisers=("陈鿏",))
    award_call(closed_notice(competition), by=competition.officer)
    run_pending_jobs()
    certificate = Certificate.objects.filter(holder_kind="team").first()

    pdf = pdf_of(certificate)

    text = text_of(pdf)
    for wanted in (
        "获奖证书", "王䶮、李㛃", "同学", "示范第一实验学校", "红树林监测系统1", "第41届示范市青少年科技创新大赛", "一等奖", "示范市教育局",
        "二〇二六年九月二十一日", certificate.number, certificate.code, "https://kechuang.example.cn/verify/", "批准文号：示教函〔2026〕88号",
        "本证书不作为中小学招生入学依据",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert "陈鿏" in text_of(pdf_of(Certificate.objects.get(holder_kind="adviser")))
    with pikepdf.open(BytesIO(pdf)) as document:
        box = [float(x) for x in document.pages[0].MediaBox]
        assert (len(document.pages), round(box[2]), round(box[3])) == (1, 842, 595)
        fonts = {str(font.BaseFont) for font in document.pages[0].Resources.Font.values()}
        assert all("NotoS" in font for font in fonts), fonts


def test_printing_again_gives_the_same_bytes(awarded):
    certificate = awarded.certificates[0]

    assert printing.certificate_pdf(certificate) == printing.certificate_pdf(Certificate.objects.get(pk=certificate.pk))


def test_a_long_title_is_set_smaller_and_stays_on_one_page(awarded):
    words = awarded.certificates[0].words
    long = "基于机器视觉与多光谱遥感的红树林底栖动物自动识别、长期监测与生态风险预警系统的设计与实现" * 6

    pdf = page_of(words | {"paragraphs": [[["names", "张小三"], ["plain", "同学："]], [["title", long]]]})

    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) == 1
    assert long in text_of(pdf)


def test_what_people_write_is_never_template_source(awarded):
    words = awarded.certificates[0].words
    nasty = '#panic("x") $a^2$ *b* _c_ \\ "d" <e> @f [g] {h} `i`'

    text = text_of(page_of(words | {"paragraphs": [[["title", nasty]]]}))

    assert "".join(nasty.split()) in text.replace("“", '"').replace("”", '"')


def test_a_sample_says_so_and_verifies_as_nothing(competition):
    competition.call.approval_number = ""

    pdf = printing.sample_pdf(competition.call)

    text = text_of(pdf)
    assert "样张" in text
    assert "（待填写）" in text
    assert "本证书不作为中小学招生入学依据" in text
    assert queries.verify("KCDS2026-000000").state == "unknown"
    assert "赵老师" in text_of(printing.sample_pdf(competition.call, adviser=True))


def test_a_batch_goes_on_after_a_crash(monkeypatch):
    competition = make_competition(entries=25, prizes=("first",) * 25, pupils=("张小三",), advisers=("赵老师",))
    award_call(closed_notice(competition), by=competition.officer)
    monkeypatch.setattr(printing, "BATCH", 10)
    store, batches = printing._store, []

    def crash_at_the_third(certificates, pdfs, progress):
        batches.append(len(certificates))
        if len(batches) == 3:
            raise OSError("disk full")
        store(certificates, pdfs, progress)

    monkeypatch.setattr(printing, "_store", crash_at_the_third)
    run_pending_jobs(limit=1)
    job = Job.objects.get(kind="certificates.issue")
    assert (job.state, Certificate.objects.filter(state="issued").count()) == ("queued", 20)
    first_twenty = dict(Certificate.objects.filter(state="issued").values_list("number", "stored__sha256"))

    monkeypatch.setattr(printing, "_store", store)
    with clock.travel(DAY.replace(hour=10)):
        run_pending_jobs()

    issued = dict(Certificate.objects.filter(state="issued").values_list("number", "stored__sha256"))
    assert len(issued) == 50 == StoredFile.objects.count()
    assert first_twenty.items() <= issued.items()
    assert sorted(issued) == [f"KCDS2026-{n:06d}" for n in range(1, 51)]


def test_issuing_again_prints_nothing_again(competition, awarded):
    run_pending_jobs()
    before = set(StoredFile.objects.values_list("pk", flat=True))

    issue_certificates(competition.call, by=competition.officer)
    run_pending_jobs()

    assert set(StoredFile.objects.values_list("pk", flat=True)) == before


def test_one_job_at_a_time_for_a_call(competition, awarded):
    assert issue_certificates(competition.call, by=competition.officer) == awarded.job


@pytest.mark.slow
def test_several_processes_print_the_same_pages(awarded):
    rows = [(printing.certificate_page(c.words), None) for c in awarded.certificates] * 2

    with printing.Press(printing.TEMPLATE, expected=1000, processes=2) as several:
        many = several.print(rows)
    with printing.Press(printing.TEMPLATE, expected=1) as single:
        assert single.print(rows) == many


def test_missing_fonts_are_a_sentence_with_the_remedy(settings, tmp_path, awarded):
    settings.FONT_DIRS = [str(tmp_path)]

    with pytest.raises(FontsMissing, match="make setup"):
        render(printing.TEMPLATE, printing.certificate_page(awarded.certificates[0].words))
    run_pending_jobs()

    job = Job.objects.get(kind="certificates.issue")
    assert job.state == "failed"
    assert "make setup" in job.error


# --- verifying, correcting, revoking -----------------------------------------------------------------------------


@pytest.fixture
def issued(awarded):
    run_pending_jobs()
    return list(Certificate.objects.order_by("id"))


def test_verification_by_code_shows_the_masked_holder(issued):
    answer = queries.verify(issued[0].code.lower().replace("-", " "))

    assert (answer.state, answer.number, answer.holder, answer.prize, answer.work) == (
        "valid", "KCDS2026-000001", "张*三", "一等奖", "红树林监测系统1",
    )  # fmt: skip
    assert answer.disclaimer == "本证书不作为中小学招生入学依据"
    assert answer.issued_on == date(2026, 9, 21)


def test_verification_by_number_shows_no_name_at_all(issued):
    answer = queries.verify(" kcds2026-000001 ")

    assert (answer.state, answer.number, answer.holder) == ("valid", "KCDS2026-000001", "")


@pytest.mark.parametrize("text", ["", "   ", "KCDS2026-999999", "AAAA-BBBB-CCCC-DDDD", "'; drop table"])
def test_what_was_never_issued_is_unknown(issued, text):
    assert queries.verify(text).state == "unknown"


def test_a_row_changed_behind_our_back_is_not_verified(issued):
    words = issued[0].words | {"sentence": "特等奖"}
    Certificate.objects.filter(pk=issued[0].pk).update(words=words)

    assert queries.verify(issued[0].code).state == "unknown"


def test_a_file_is_verified_by_its_bytes(issued):
    pdf = pdf_of(issued[0])

    assert queries.verify_file(BytesIO(pdf)).number == issued[0].number
    assert queries.verify_file(BytesIO(pdf + b" ")).state == "unknown"


def test_a_correction_replaces_and_says_so(competition, issued):
    new = correct_certificate(issued[0], {"names": "张晓三、李四"}, reason="姓名写错", by=competition.officer)
    run_pending_jobs()

    old = queries.verify(issued[0].code)
    assert (old.state, old.reason, old.replacement.number) == ("corrected", "姓名写错", "KCDS2026-000010")
    fresh = queries.verify(new.code)
    assert (fresh.state, fresh.holder) == ("valid", "张*三")
    new.refresh_from_db()
    assert "张晓三、李四" in text_of(pdf_of(new))
    assert new.words["disclaimer"] == "本证书不作为中小学招生入学依据"
    assert [c.number for c in queries.certificates_of(issued[0].award.application_id)][-1] == "KCDS2026-000001"


def test_a_corrected_certificate_is_not_corrected_again(competition, issued):
    correct_certificate(issued[0], {"names": "张晓三"}, reason="姓名写错", by=competition.officer)

    with pytest.raises(Refused, match="KCDS2026-000010"):
        correct_certificate(issued[0], {"names": "张小山"}, reason="姓名写错", by=competition.officer)


def test_revoking_reaches_everything(competition, issued):
    award = issued[0].award

    revoke_award(award, reason="查实抄袭", by=competition.officer)

    award.application.refresh_from_db()
    assert award.application.state == "revoked"
    answers = [queries.verify(c.code) for c in issued[:3]]
    assert [(a.state, a.reason, a.changed_at) for a in answers] == [("revoked", "查实抄袭", DAY)] * 3
    assert queries.verify(issued[3].code).state == "valid"
    with pytest.raises(Refused, match="已经撤销"):
        revoke_award(award, reason="再撤一次", by=competition.officer)
    with pytest.raises(Refused, match="已经撤销"):
        correct_certificate(issued[0], {"names": "张晓三"}, reason="姓名写错", by=competition.officer)


def test_revoking_needs_a_reason_and_the_right(competition, issued):
    with pytest.raises(Refused, match="理由"):
        revoke_award(issued[0].award, reason=" ", by=competition.officer)
    with pytest.raises(Refused, match="没有权限"):
        revoke_award(issued[0].award, reason="查实抄袭", by=make_actor("校管", competition.school, "school_officer"))

    assert queries.verify(issued[0].code).state == "valid"


def test_a_certificate_revoked_while_waiting_stays_revoked_when_printed(competition, awarded):
    revoke_award(awarded.awards[0], reason="查实抄袭", by=competition.officer)
    run_pending_jobs()

    assert queries.issuing_progress(competition.call) == {"pending": 0, "issued": 6, "corrected": 0, "revoked": 3}


def test_the_audit_chain_holds_through_it_all(competition, issued):
    correct_certificate(issued[0], {"names": "张晓三"}, reason="姓名写错", by=competition.officer)
    revoke_award(issued[8].award, reason="查实抄袭", by=competition.officer)

    report = audit.verify()
    assert (report.ok, report.rows > 5) == (True, True)


# --- the receipt -------------------------------------------------------------------------------------------------


def test_the_receipt_says_what_was_sent(competition):
    entry = competition.entries[0]

    text = text_of(receipt_pdf(entry))

    for wanted in (
        "申报回执",
        entry.receipt_no,
        "红树林监测系统1",
        "示范第一实验学校",
        "张小三",
        "赵老师",
        "2026-09-21",
    ):
        assert wanted in text, wanted


def test_a_draft_has_no_receipt(competition):
    draft = competition.entries[0].__class__(title="草稿")

    with pytest.raises(Refused, match="还没有提交"):
        receipt_pdf(draft)
