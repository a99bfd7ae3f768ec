"""The public pages of the demo city that are weighed on a phone: name → address. Called by lighthouse.py and page_weight.py."""

import os
from typing import Any


def addresses() -> dict[str, str]:
    import django  # noqa: PLC0415 -- app ready
    from django.urls import reverse  # noqa: PLC0415 -- app ready

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from kechuang.engine.models import Call, Case, Honour, Shelf, Work  # noqa: PLC0415 -- app ready

    found = {
        "home": "/", "showcase": reverse("showcase"), "search": reverse("showcase_search") + "?q=示范", "gallery": reverse("works"),
        "cases": reverse("cases"), "schools": reverse("schools"), "registers": reverse("registers"), "verification": reverse("verify"),
        "widget": reverse("embed", args=["works"]),
    }  # fmt: skip
    rows: list[tuple[str, Any]] = [
        ("call", Call.objects.published().order_by("-year", "pk").first()), ("work", Work.objects.public().first()),
        ("case", Case.objects.public().first()), ("shelf", Shelf.objects.public().first()),
    ]  # fmt: skip
    found |= {name: reverse(name, args=[row.slug]) for name, row in rows if row}
    honour = Honour.objects.filter(programme_code="feature_schools").select_related("org").order_by("pk").first()
    if honour:
        found["register"] = reverse("register", args=[honour.programme_code])
        found["school"] = reverse("school", args=[honour.org.code])
    return found
