"""授奖 of a call: give the prizes of a closed notice, print the certificates, find one, hand them out by school."""

from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.models import Job
from kechuang.engine.awards.actions import award_call, issue_certificates
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import awards_by_prize, certificates_found, issuing_progress
from kechuang.engine.calls.models import Call
from kechuang.engine.decisions.models import Decision
from kechuang.engine.enums import CertificateState, NoticeState
from kechuang.engine.publicity.models import PublicNotice
from kechuang.orgs.models import Org
from kechuang.web.outcomes.pages import OutcomePage, crumbs, paged, query_with, turning


class AwardPageBase(OutcomePage):
    abstract = True
    permission = "award.issue"

    def certificates(self, call: Call) -> QuerySet[Certificate]:
        """The certificates of the call that the filters of this page leave."""
        query = self.request.GET
        return certificates_found(
            self.actor,
            call,
            text=query.get("q", "").strip(),
            state=query.get("state", ""),
            prize=query.get("prize", ""),
        )


class Awards(AwardPageBase):
    template = "outcomes/awards.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        sheet = paged(request, self.certificates(call))
        by_prize, states = awards_by_prize(call), issuing_progress(call)
        return self.render(
            call=call, sheet=sheet, turning=turning(request, sheet), chips=self._chips(call), states=CertificateState.choices,
            prizes=[{"name": _(p.name), "n": by_prize[p.code], "code": p.code} for p in call.plan.prizes.prizes],
            total=sum(by_prize.values()), printed=states["issued"], live=states["issued"] + states["pending"], pending=states["pending"],
            ready=self._ready(call), job=_job_of(call, "certificates.issue", str(call.pk)), schools=_schools(call),
            breadcrumbs=crumbs(call, (_("授奖与证书"), "")),
        )  # fmt: skip

    def _ready(self, call: Call) -> list[PublicNotice]:
        """Closed notices of prizes with entries that have no award yet."""
        waiting = Q(decision__lines__is_chosen=True, decision__lines__application__award=None) & ~Q(
            decision__lines__prize=""
        )
        rows = PublicNotice.objects.visible_to(self.actor, self.permission).filter(
            decision__call=call, state=NoticeState.CLOSED
        )
        rows = rows.filter(decision__kind=Decision.Kind.AWARD, decision__lines__application__state="in_publicity")
        return list(
            rows.annotate(waiting=Count("decision__lines", filter=waiting, distinct=True)).filter(waiting__gt=0)
        )

    def _chips(self, call: Call) -> list[dict[str, str]]:
        query, chips = self.request.GET, []
        if text := query.get("q", "").strip():
            chips.append({"label": f"“{text}”", "url": query_with(self.request, q=None)})
        if query.get("state") in CertificateState.values:
            chips.append(
                {"label": str(CertificateState(query["state"]).label), "url": query_with(self.request, state=None)}
            )
        if prize := call.plan.prize(query.get("prize", "")):
            chips.append({"label": _(prize.name), "url": query_with(self.request, prize=None)})
        return chips


def _job_of(call: Call, kind: str, key: str) -> Job | None:
    return Job.objects.filter(kind=kind, key=key, scope_path=call.scope_path).order_by("-pk").first()


def _schools(call: Call) -> list[Org]:
    return list(Org.objects.filter(applications__award__call=call).distinct().order_by("name"))


class AwardGive(AwardPageBase):
    """Give the prizes of a closed notice."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        rows = PublicNotice.objects.visible_to(self.actor, self.permission).filter(decision__call=call)
        outcome = award_call(self.find(rows, number=request.POST.get("notice", "")), by=self.actor)
        for application, sentence in outcome.refused[:5]:
            self.warn(_("“%(title)s”没有授奖：%(why)s") % {"title": application.title, "why": sentence})
        words = {"awards": len(outcome.awards), "certificates": len(outcome.certificates)}
        return self.done(_("已授奖 %(awards)s 件，%(certificates)s 张证书正在后台制作。") % words, "awards", slug)


class AwardProgress(AwardPageBase):
    """How far the printing is: polled while it runs, and at its end the page is loaded anew."""

    template = "outcomes/awards_progress.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        job = _job_of(call, "certificates.issue", str(call.pk))
        states = issuing_progress(call)
        live = states["issued"] + states["pending"]
        response = self.render(call=call, job=job, printed=states["issued"], live=live, pending=states["pending"])
        if job is None or job.state not in Job.LIVE:
            response.headers["HX-Refresh"] = "true"
        return response


class CertificatesIssue(AwardPageBase):
    """Queue the printing of what has no file yet; also how a failed batch is begun again."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        issue_certificates(call, by=self.actor)
        return self.done(_("证书制作已排入后台，本页会显示进度。"), "awards", slug)


class CertificatesSheet(AwardPageBase):
    """The list names people, so it goes out by way of a second person."""

    limit = "export"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        kept = {name: value for name in ("q", "state", "prize") if (value := request.GET.get(name, ""))}
        return redirect(f"{reverse('export_new')}?{urlencode({'kind': 'certificates', 'call': call.slug, **kept})}")


class CertificatesBundle(AwardPageBase):
    """The zip holds names on every sheet, so it goes out the same way."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        school = next((org for org in _schools(call) if org.code == request.GET.get("school", "")), call.org)
        wanted = {"kind": "certificate_files", "call": call.slug, "org": school.code}
        return redirect(f"{reverse('export_new')}?{urlencode(wanted)}")
