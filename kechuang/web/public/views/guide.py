from django.http import Http404, HttpRequest, HttpResponse

from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import ConsentText
from kechuang.web.public.guide import GUIDES, answers
from kechuang.web.public.how_to import how_to
from kechuang.web.views import PUBLIC, Page


class HelpIndex(Page):
    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/help_index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:60]
        return self.render(guides=GUIDES.values(), text=text, answers=answers(text) if text else None)


class Help(Page):
    """One page per audience, the accessibility statement, and how personal data is protected."""

    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/help.html"

    def get(self, request: HttpRequest, page: str) -> HttpResponse:
        if page == "privacy":
            return self.render("public/privacy.html", texts=_texts())
        if page == "accessibility":
            return self.render("public/accessibility.html")
        if page not in GUIDES:
            raise Http404
        return self.render(guide=GUIDES[page], guides=GUIDES.values(), how_to=how_to(page))


def _texts() -> list[ConsentText]:
    """The text in force for each purpose, in the order of the purposes."""
    found = (ConsentText.objects.in_force(purpose) for purpose in ConsentPurpose.values)
    return [text for text in found if text is not None]
