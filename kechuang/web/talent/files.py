"""The talent file: what the pupil and the guardian read of it, and the search over the files whose consent stands."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.talent.actions import note_reading
from kechuang.engine.talent.queries import PURPOSE, Sought, awards_for_file, files_of, own_file, search_files
from kechuang.orgs.enums import Stage
from kechuang.orgs.queries import has_consent
from kechuang.web.guardian.reading import whose_turn
from kechuang.web.officer.pages import OfficePage
from kechuang.web.privacy.own import OwnPage
from kechuang.web.views import SIGNED_IN

PER_PAGE = 30


class OwnTalentFile(OwnPage):
    """Of the actor or a child of the actor."""

    permission = SIGNED_IN
    template = "talent/own.html"

    def get(self, request: HttpRequest, person: str) -> HttpResponse:
        found = self.person(person)
        agreed = has_consent(found, PURPOSE)
        return self.render(
            person=found, entries=own_file(found) if agreed else [], agreed=agreed, is_self=found == self.actor.person,
            not_mine=whose_turn(found, self.actor) if hasattr(found, "pupil") else "", waiting=0 if agreed else len(awards_for_file(found)),
        )  # fmt: skip


class TalentSearch(OfficePage):
    permission = "talent.search"
    template = "talent/search.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "")[:60].strip() for name in ("q", "school", "stage", "programme", "year")}
        year = int(asked["year"]) if asked["year"].isdecimal() and len(asked["year"]) == 4 else 0
        sought = Sought(asked["q"], asked["school"], asked["stage"], asked["programme"], year)
        page = Paginator(search_files(self.actor, sought), PER_PAGE).get_page(request.GET.get("page"))
        names = {code: plan.name for code, plan in PROGRAMMES.items() if plan.talent}
        is_asked = any(asked.values())
        files = files_of(list(page))
        note_reading(files, sought, by=self.actor)
        return self.render(page=page, files=files, asked=asked, stages=Stage.choices, names=names, is_asked=is_asked)
