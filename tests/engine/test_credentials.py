"""Credentials: what they say and hide, and that two verifiers that are not ours accept and refuse what they should."""

import copy
import json
import re
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openbadgeslib.ob3.contexts import bundled_contexts
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.verify import verify_credential
from PIL import Image

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.engine.awards.actions import award_call, correct_certificate, issue_certificates, revoke_award
from kechuang.engine.awards.models import Certificate
from kechuang.engine.credentials import exporting, issuer, proofs, status
from kechuang.engine.credentials.badges import badge_png, unbaked
from kechuang.engine.credentials.documents import certificate_document, is_named
from kechuang.engine.credentials.verifying import verify_bytes
from tests.engine.honours import DAY, closed_notice, make_competition

pytestmark = [pytest.mark.django_db]

ROOT = Path(__file__).parents[2]
SITE = "https://kechuang.example.cn"


@pytest.fixture(autouse=True)
def _monday(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = SITE
    with clock.travel(DAY):
        yield


@pytest.fixture
def competition():
    found = make_competition(pupils=("张小三", "李四"), advisers=("赵老师",))
    award_call(closed_notice(found), by=found.officer)
    return found


@pytest.fixture
def certificate(competition):
    rows = Certificate.objects.select_related("award__call__org", "award__application", "stored")
    return rows.get(award__application=competition.entries[0], person__name="张小三")


def as_json(certificate: Certificate, method: str = issuer.WEB, **more: Any) -> dict:
    document = certificate_document(certificate, proofs.DATA_INTEGRITY, method=method, **more)
    return proofs.signed_document(document, method=method)


def as_jwt(certificate: Certificate, method: str = issuer.WEB, **more: Any) -> str:
    return proofs.signed_jwt(certificate_document(certificate, proofs.JWT, method=method, **more), method=method)


def published() -> dict[str, Any]:
    """What the platform serves on the day on which the verifiers' clocks stand: its DID document and both status lists."""
    with clock.travel(datetime.now(UTC)):
        lists = {form: status.list_document(0, form, issuer.did_web()) for form in (proofs.JWT, proofs.DATA_INTEGRITY)}
        return {
            issuer.did_web(): issuer.did_document(),
            status.list_address(0, proofs.JWT): proofs.signed_jwt(lists[proofs.JWT]),
            status.list_address(0, proofs.DATA_INTEGRITY): proofs.signed_document(lists[proofs.DATA_INTEGRITY]),
        }


def by_python(credential: dict | str, documents: dict[str, Any]) -> str:
    """The verdict of openvc-core, or for a JWT (which it wants in the older shape) of openbadgeslib's own pipeline."""
    if isinstance(credential, str):
        return _by_openbadgeslib(credential, documents)
    resolver = DidResolverRegistry([DidKeyResolver(), DidWebResolver(lambda _url: documents[issuer.did_web()])])

    def listed(address: str) -> dict:
        found = documents[address]
        checked = verify_credential(found, resolver=resolver, extra_contexts=_contexts())
        return checked.credential

    try:
        verify_credential(credential, resolver=resolver, resolve_status_list=listed, extra_contexts=_contexts())
    except OpenvcError as error:
        return f"{type(error).__name__}: {error}"
    return "valid"


def _by_openbadgeslib(token: str, documents: dict[str, Any]) -> str:
    def download(address: str) -> bytes:
        found = documents[issuer.did_web() if address.endswith("/.well-known/did.json") else address]
        return (found if isinstance(found, str) else json.dumps(found)).encode()

    try:
        verifier = OB3Verifier.for_issuer_did(issuer.did_web(), download)
        verifier.verify(token, check_status=True, download=download)
    except OB3VerificationError as error:
        return str(error)
    return "valid"


def _contexts() -> dict[str, Any]:
    return {url: context for url, context in bundled_contexts().items() if "purl.imsglobal" in url}


def by_javascript(cases: list[tuple[dict | str, dict[str, Any]]]) -> list[str]:
    """The verdicts of Digital Bazaar's verifier and jose (JavaScript), one process for all cases."""
    asked = json.dumps([{"credential": credential, "documents": documents} for credential, documents in cases])
    run = subprocess.run(
        ["sh", str(ROOT / "scripts/node.sh"), "node", str(ROOT / "tests/engine/verifier.mjs")],
        input=asked, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def spoilt(credential: dict | str) -> dict | str:
    """The same signature over another prize."""
    if isinstance(credential, dict):
        changed = copy.deepcopy(credential)
        changed["credentialSubject"]["achievement"]["name"] = "特等奖"
        return changed
    head, body, signature = credential.split(".")
    said = json.loads(urlsafe_b64decode(body + "=="))
    said["credentialSubject"]["achievement"]["name"] = "特等奖"
    return f"{head}.{urlsafe_b64encode(json.dumps(said).encode()).rstrip(b'=').decode()}.{signature}"


@pytest.mark.slow
def test_two_independent_verifiers_agree_on_valid_tampered_expired_and_revoked(competition, certificate):
    before = published()
    past = clock.now() - timedelta(days=1)
    standing = [as_json(certificate), as_jwt(certificate)]
    late = [as_json(certificate, valid_until=past), as_jwt(certificate, valid_until=past)]
    revoke_award(certificate.award, reason="抄袭", by=competition.officer)
    after = published()
    cases = (
        [(credential, before) for credential in standing]
        + [(spoilt(credential), before) for credential in standing]
        + [(credential, before) for credential in late]
        + [(credential, after) for credential in standing]
    )

    javascript = by_javascript(cases)
    python = [by_python(credential, documents) for credential, documents in cases]

    for verdicts in (javascript, python):
        assert verdicts[:2] == ["valid", "valid"]
        assert not {"valid"} & set(verdicts[2:])
        assert ["revo" in verdict.lower() for verdict in verdicts[6:]] == [True, True], verdicts
    assert [
        bool({"exp", "expired", "validuntil"} & set(re.findall(r"[a-z]+", verdict.lower())))
        for verdict in javascript[4:6]
    ] == [True, True]


def test_our_own_verdicts(competition, certificate):
    standing = [json.dumps(as_json(certificate)).encode(), as_jwt(certificate).encode()]
    standing.append(exporting.export(certificate, "png"))
    past = clock.now() - timedelta(days=1)
    late = [json.dumps(as_json(certificate, valid_until=past)).encode(), as_jwt(certificate, valid_until=past).encode()]
    changed = [json.dumps(spoilt(json.loads(standing[0]))).encode(), str(spoilt(standing[1].decode())).encode()]

    assert [verify_bytes(data).state for data in standing] == ["valid"] * 3
    assert [verify_bytes(data).form for data in standing] == ["data-integrity", "jwt", "png"]
    assert {verify_bytes(data).certificate for data in standing} == {certificate}
    assert {verify_bytes(data).state for data in late} == {"expired"}
    assert {verify_bytes(data).state for data in changed} == {"tampered"}

    revoke_award(certificate.award, reason="抄袭", by=competition.officer)

    assert {verify_bytes(data).state for data in standing} == {"revoked"}
    assert "抄袭" in verify_bytes(standing[0]).sentence


def test_a_corrected_certificate_names_its_successor(competition, certificate):
    old = as_jwt(certificate).encode()
    new = correct_certificate(certificate, {"names": "张晓三"}, reason="姓名有误", by=competition.officer)

    verdict = verify_bytes(old)

    assert verdict.state == "revoked"
    assert new.number in verdict.sentence


def test_somebody_elses_credential_is_not_vouched_for(certificate, settings):
    settings.SITE_URL = "https://elsewhere.example"
    settings.CREDENTIAL_KEYS = {"k1": "another secret"}
    theirs = [json.dumps(as_json(certificate)).encode(), as_jwt(certificate, issuer.KEY).encode()]
    settings.SITE_URL = SITE
    ours_by_name = json.dumps(as_json(certificate)).encode()
    settings.CREDENTIAL_KEYS = {"k1": "our secret"}

    assert {verify_bytes(data).state for data in theirs} == {"unknown_issuer"}
    assert verify_bytes(ours_by_name).state == "tampered"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"hello", b"a.b.c", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n broken", b"[1]", b'{"issuer": 5}']
)
def test_what_is_no_credential_is_refused_in_words(data):
    verdict = verify_bytes(data)

    assert verdict.state in {"unreadable", "unknown_issuer"}
    assert verdict.sentence


def test_old_keys_stay_good_after_a_new_one_signs(certificate, settings):
    settings.CREDENTIAL_KEYS = {"k1": "first"}
    old = as_jwt(certificate)
    settings.CREDENTIAL_KEYS = {"k1": "first", "k2": "second"}

    assert verify_bytes(old.encode()).state == "valid"
    assert as_jwt(certificate).split(".")[0] != old.split(".")[0]
    assert len(issuer.did_document()["verificationMethod"]) == 2
    assert by_python(old, published()) == "valid"


def test_a_did_key_needs_no_network(certificate):
    document = as_json(certificate, issuer.KEY)

    assert document["issuer"]["id"].startswith("did:key:z6Mk")
    assert verify_bytes(json.dumps(document).encode()).is_valid


def test_a_credential_names_no_pupil_and_no_school(certificate):
    text = json.dumps(as_json(certificate), ensure_ascii=False)

    assert "张小三" not in text
    assert "李四" not in text
    assert certificate.words["values"]["school"] not in text
    assert "不作为中小学招生入学依据" in text
    assert is_named(json.loads(text), "张小三")
    assert not is_named(json.loads(text), "张小四")


def test_the_badge_is_a_picture_with_the_credential_inside(certificate):
    png = exporting.export(certificate, "png")

    with Image.open(BytesIO(png)) as picture:
        assert picture.size == (800, 800)
    assert unbaked(png).count(".") == 2
    assert unbaked(badge_png(certificate)) == ""


def test_places_in_a_list_are_spread_and_never_shared():
    places = [status.place_of(pk) for pk in range(1, 3000)]

    assert len(set(places)) == len(places)
    assert abs(places[1][1] - places[0][1]) > 1000
    assert status.place_of(status.BITS * 2 + 5)[0] == 2


def test_a_sheet_is_genuine_byte_for_byte_or_not_at_all(competition, certificate):
    issue_certificates(competition.call, by=competition.officer)
    run_pending_jobs()
    certificate.refresh_from_db()
    pdf = exporting.export(certificate, "pdf")

    assert verify_bytes(pdf).state == "valid"
    assert verify_bytes(pdf + b"\n").state == "tampered"
    assert verify_bytes(b"%PDF-1.7 nothing").state == "unknown_issuer"


def test_a_revoked_certificate_is_not_given_out(competition, certificate):
    revoke_award(certificate.award, reason="抄袭", by=competition.officer)
    certificate.refresh_from_db()

    with pytest.raises(Refused, match="不再导出"):
        exporting.export(certificate, "jwt")


def test_the_command_exports_and_verifies(certificate, tmp_path, capsys):
    file = tmp_path / "credential.json"

    call_command("credential", "export", certificate.number, str(file), stdout=StringIO())
    call_command("credential", "verify", str(file), "--name", "张小三", "--json")
    told = json.loads(capsys.readouterr().out)

    assert (told["state"], told["named"], told["number"]) == ("valid", True, certificate.number)
    file.write_text(file.read_text().replace("一等奖", "特等奖"))
    with pytest.raises(SystemExit):
        call_command("credential", "verify", str(file), "--json")
    assert json.loads(capsys.readouterr().out)["state"] == "tampered"
    with pytest.raises(CommandError, match="没有编号"):
        call_command("credential", "export", "KC2026-999999", str(file))
