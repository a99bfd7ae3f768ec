"""Keeping the pictures of seals and signatures: registered by one, approved by another, ended for good; each act is audited.

A seal stands for its office (国务院关于国家行政机关和企业事业单位社会团体印章管理的规定, 国发〔1999〕25号): nobody puts one into use alone.
"""

from base64 import b64encode
from io import BytesIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from PIL import Image

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.files.images import transparent_png
from kechuang.engine.awards.models import SealPicture
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import PictureKind, PictureState
from kechuang.engine.programme.declaration import CertificateDesign
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

MAX_BYTES = 2 << 20
LARGEST = {PictureKind.SEAL: (440, 440), PictureKind.SIGNATURE: (420, 180)}
"""Pixels: 300 dpi on the sheet."""


def register_picture(org: Org, kind: str, data: bytes, *, name: str, post: str = "", by: Actor) -> SealPicture:
    """Take a PNG with a clear ground; the bytes kept are written by us. It waits for somebody else's approval."""
    require(by, "seal.keep", org)
    if not name.strip():
        raise Refused(_("请写明这是哪个单位的印章，或哪个人的签名。"))
    if len(data) > MAX_BYTES:
        raise Refused(_("图片超过了 2 MB。请缩小后再上传。"))
    png = transparent_png(data, most=LARGEST[PictureKind(kind)])
    with Image.open(BytesIO(png)) as image:
        width, height = image.size
    with transaction.atomic():
        picture = SealPicture.objects.create(
            org=org, kind=kind, name=name.strip(), post=post.strip(), png=b64encode(png).decode(), width=width, height=height,
            registered_at=clock.now(), registered_by=by.user,
        )  # fmt: skip
        audit.record(
            "register_picture", by=by, on=picture, scope_path=org.path, detail={"kind": str(kind), "name": picture.name}
        )
    return picture


@transaction.atomic
def approve_picture(picture: SealPicture, *, by: Actor) -> SealPicture:
    """Let a registered picture be used; never by who registered it."""
    locked = _locked(picture)
    require(by, "seal.keep", locked)
    if locked.state != PictureState.WAITING:
        raise Refused(_("这张图片不在待批准的状态。"))
    if by.user is not None and locked.registered_by_id == by.user.pk:
        raise Refused(_("印章和签名须由另一位有权限的人批准，不能由登记的人自己批准。"))
    locked.state, locked.approved_at, locked.approved_by = PictureState.APPROVED, clock.now(), by.user
    locked.save(update_fields=["state", "approved_at", "approved_by"])
    audit.record("approve_picture", by=by, on=locked, scope_path=locked.scope_path, detail={"name": locked.name})
    return locked


@transaction.atomic
def end_picture(picture: SealPicture, *, reason: str, by: Actor) -> SealPicture:
    """No further sheet bears it; sheets that were given already keep it."""
    locked = _locked(picture)
    require(by, "seal.keep", locked)
    if locked.state == PictureState.ENDED:
        raise Refused(_("这张图片已经停用。"))
    if not reason.strip():
        raise Refused(_("请写明停用的原因。"))
    locked.state, locked.end_reason = PictureState.ENDED, reason.strip()[:200]
    locked.save(update_fields=["state", "end_reason"])
    audit.record(
        "end_picture", by=by, on=locked, scope_path=locked.scope_path, reason=reason, detail={"name": locked.name}
    )
    return locked


def _locked(picture: SealPicture) -> SealPicture:
    rows = SealPicture.objects.select_related("org").select_for_update(of=("self",))
    return rows.get(pk=picture.pk)


def usable_pictures(org: Org, kind: str = "") -> QuerySet[SealPicture]:
    """The pictures that certificates of this organisation's calls may bear."""
    rows = SealPicture.objects.filter(org=org, state=PictureState.APPROVED)
    return rows.filter(kind=kind) if kind else rows


def why_not_designed(call: Call, design: CertificateDesign) -> str:
    """Why the pictures of a design may not be used for this call ("" = they may)."""
    wanted = [(design.seal, PictureKind.SEAL)] if design.seal else []
    wanted += [(one.picture, PictureKind.SIGNATURE) for one in design.signatures]
    if not wanted:
        return ""
    usable = {(row.public_id, row.kind) for row in usable_pictures(call.org).defer("png")}
    if all(one in usable for one in wanted):
        return ""
    return _("证书设计里的印章或签名没有批准、已经停用，或不属于主办单位。请在证书设计里重新选择。")
