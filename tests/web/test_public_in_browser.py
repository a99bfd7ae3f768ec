"""The open pages on a phone and on a desk, light and dark: nothing too wide, no complaint of the browser, no barrier."""

from pathlib import Path

import pytest
from django.urls import reverse

from kechuang.base import clock
from kechuang.engine.awards.actions import award_call
from kechuang.engine.showcase.actions import publish_works
from kechuang.engine.showcase.models import Work
from tests.engine.honours import DAY, closed_notice, make_competition

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


def addresses() -> list[str]:
    competition = make_competition(pupils=("张小三",), consents=("showcase", "publicity"))
    notice = closed_notice(competition)
    award_call(notice, by=competition.officer)
    publish_works(competition.call, by=competition.officer)
    names = ("home", "calls", "works", "verify", "notices", "help")
    return [
        *(reverse(name) for name in names),
        reverse("call", args=[competition.call.slug]),
        reverse("work", args=[Work.objects.first().slug]),
        reverse("notice", args=[notice.number]),
        f"{reverse('help')}?q=口令",
        f"{reverse('works')}?q=红树琳",
        reverse("certificate", args=["NONE"]),
    ]


def test_open_pages_fit_and_have_no_barrier(browser, live_server, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    found: dict[str, object] = {}
    with clock.travel(DAY):
        pages = addresses()
    for theme, width in (("light", 390), ("dark", 1440)):
        context = browser.new_context(bypass_csp=True, locale="zh-CN", viewport={"width": width, "height": 900})
        context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: found.setdefault("error", str(error)))
        for address in pages:
            page.goto(live_server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found[f"{address} at {width}"] = "too wide"
            page.evaluate(AXE.read_text(encoding="utf-8"))
            problems = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
            for problem in problems["violations"]:
                found[f"{address} {theme} {problem['id']}"] = [node["html"] for node in problem["nodes"]]
        context.close()

    assert found == {}
