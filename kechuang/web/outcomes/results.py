"""What the experts said of an entry, for its team, guardians and school, once the outcome is public."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.engine.applications.models import Application
from kechuang.engine.awards.models import Certificate
from kechuang.engine.awards.queries import certificates_of
from kechuang.engine.decisions.queries import Explanation, RoundResult, explain_result
from kechuang.engine.enums import CertificateState
from kechuang.web.outcomes.pages import address, division_names, stored_response
from kechuang.web.views import SIGNED_IN, Page


class ResultBase(Page):
    abstract = True
    permission = SIGNED_IN

    def application_at(self, public_id: str) -> Application:
        rows = Application.objects.visible_to(self.actor).select_related("call__org", "org")
        application: Application = self.find(rows, public_id=public_id)
        return application


class Result(ResultBase):
    """Means per criterion and the feedback, in no expert's name; before publication only that it is not public yet."""

    template = "outcomes/result.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        application = self.application_at(public_id)
        explanation = explain_result(self.actor, application)
        names = division_names(application.call.plan)
        there = address("application", public_id)
        return self.render(
            application=application, call=application.call, explanation=explanation, application_url=there,
            division=names.get(explanation.division, explanation.division) if explanation else "",
            rounds=_rounds(explanation) if explanation else [],
            award=getattr(application, "award", None) if explanation else None,
            certificates=self._certificates(application) if explanation else [],
            breadcrumbs=[{"label": application.title, "url": there}, {"label": _("结果与反馈"), "url": ""}],
        )  # fmt: skip

    @staticmethod
    def _certificates(application: Application) -> list[Certificate]:
        return list(certificates_of(application.pk).filter(state=CertificateState.ISSUED))


def _rounds(explanation: Explanation) -> list[tuple[RoundResult, list[tuple[str, float, float]]]]:
    """Each round with its criteria as (name, mean, out of)."""
    return [(r, [(_(c.name), float(c.mean), _whole(c.points)) for c in r.criteria]) for r in explanation.rounds]


def _whole(points: float) -> float:
    return int(points) if points == int(points) else points


class ResultCertificate(ResultBase):
    """The PDF of a certificate of this entry."""

    def get(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        rows = certificates_of(self.application_at(public_id).pk).filter(stored__isnull=False)
        certificate: Certificate = self.find(rows, pk=pk)
        assert certificate.stored is not None
        return stored_response(certificate.stored)
