"""PDF files of which no two are equal: the page's own content is made from a seed, so that the check can make it again."""

from __future__ import annotations

import base64
import random

SIZES = {"report": 120_000, "log": 12_000}
"""Bytes of noise in each paper: the report goes up in several pieces."""


def content(seed: str, question: str) -> bytes:
    """What stands on the page, as comments of the PDF language: nothing shows, every byte counts."""
    noise = base64.b64encode(random.Random(f"{seed}:{question}").randbytes(SIZES[question]))
    return b"\n".join(b"%" + noise[at : at + 120] for at in range(0, len(noise), 120))


def paper(seed: str, question: str) -> bytes:
    """A PDF of one page with that content."""
    stream = content(seed, question)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(out),
    )
