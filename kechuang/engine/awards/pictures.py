"""The registered pictures of seals and signatures on a certificate: given to the template as drawings, never as files."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from kechuang.engine.awards.models import SealPicture


class Pictures(dict[str, SealPicture]):
    """Pictures by public id, each read and decrypted once (for a whole batch)."""

    def __missing__(self, public_id: str) -> SealPicture:
        found = self[public_id] = SealPicture.objects.get(public_id=public_id)
        return found


def png_of(picture: SealPicture) -> bytes:
    return b64decode(picture.png)


def drawing(picture: SealPicture) -> str:
    """The picture as SVG: data that travels with the words of the sheet."""
    size = f'width="{picture.width}" height="{picture.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {picture.width} {picture.height}">'
        f'<image {size} href="data:image/png;base64,{picture.png}"/></svg>'
    )


def drawn(design: Mapping[str, Any], issuers: Sequence[str], pictures: Pictures) -> dict[str, Any]:
    """Over which issuer the seal lies (the one it names, else the first), and the signatures with their names."""
    seals: dict[str, str] = {}
    if design.get("seal"):
        seal = pictures[design["seal"]]
        place = issuers.index(seal.name) if seal.name in issuers else 0
        seals[str(place)] = drawing(seal)
    signatures = [
        {"picture": drawing(pictures[one["picture"]]), "name": one["name"], "post": one["post"]}
        for one in design.get("signatures", ())
    ]
    return {"seals": seals, "signatures": signatures}
