"""Certificates by the thousand: given at once, printed by several processes, each sheet as if it had been printed alone."""

from io import BytesIO

import pikepdf
import pytest

from kechuang.base.jobs import run_pending_jobs
from kechuang.base.models import Job
from kechuang.base.pdf import Press
from kechuang.engine.awards import printing, queries
from kechuang.engine.awards.actions import give_awards
from kechuang.engine.awards.models import Certificate
from kechuang.orgs.actor import Actor
from scripts.made_certificates import made
from tests.engine.test_awards import pdf_of, text_of

pytestmark = [pytest.mark.django_db]
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.slow
def test_more_awards_than_a_database_reads_people_at_once():
    call, entries = made(1_001)

    give_awards(call, entries, "first", by=SYSTEM)

    numbers = Certificate.objects.values_list("number", flat=True)
    assert (len(numbers), len(set(numbers))) == (1_001, 1_001)
    assert Certificate.objects.exclude(words__holder="").exclude(person=None).count() == 1_001


def test_a_sheet_of_a_batch_is_the_one_printed_alone_and_verifies(monkeypatch):
    monkeypatch.setattr(Press, "worth_a_pool", 10)
    monkeypatch.setattr(printing, "BATCH", 5)
    call, entries = made(14)
    give_awards(call, entries, "first", by=SYSTEM)

    run_pending_jobs()

    assert Job.objects.get().state == "succeeded"
    for certificate in Certificate.objects.order_by("number")[2::5]:
        pdf = pdf_of(certificate)
        assert pdf == printing.certificate_pdf(certificate)
        assert queries.verify_file(BytesIO(pdf)).number == certificate.number
        assert certificate.words["holder"] in text_of(pdf)
        with pikepdf.open(BytesIO(pdf)) as document:
            assert len(document.pages) == 1
            assert certificate.number in str(document.docinfo["/Title"])
    assert Certificate.objects.filter(state="issued").count() == 14
    assert Certificate.objects.values("stored").distinct().count() == 14
