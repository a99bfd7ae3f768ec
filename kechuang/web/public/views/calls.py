from django.http import HttpRequest, HttpResponse

from kechuang.base import clock
from kechuang.engine.calls.models import Call
from kechuang.engine.calls.queries import public_calls
from kechuang.engine.calls.rules import at_the_deadline
from kechuang.engine.publicity.queries import published_notices
from kechuang.engine.showcase.queries import shows_works
from kechuang.web.public import story
from kechuang.web.public.views.sharing import share_of_call
from kechuang.web.views import PUBLIC, Page


class Calls(Page):
    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/calls.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        open_calls, coming, past = public_calls(clock.now())
        return self.render(
            open_calls=open_calls, coming=coming, past=past, count=len(open_calls) + len(coming) + len(past)
        )


class CallLanding(Page):
    permission = PUBLIC
    shared = True
    bundle = "public"
    template = "public/call.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call: Call = self.find(Call.objects.published().select_related("org"), slug=slug)
        now, plan = clock.now(), call.plan
        papers = story.papers(plan)
        return self.render(
            rules=at_the_deadline(call), call=call, plan=plan, phase=story.phase(call, now), may_begin=story.may_begin(call, self.actor, now),
            steps=story.dated_steps(call, now), divisions=story.divisions(plan), stages=story.stage_names(plan),
            papers=papers, needed=[paper.name for paper in papers if paper.is_needed], questions=story.questions(call), share=share_of_call(call),
            team=story.team_words(plan), prizes=story.prize_rows(plan), cap=story.cap_words(plan),
            notices=list(published_notices(call)), has_works=shows_works(call),
        )  # fmt: skip
