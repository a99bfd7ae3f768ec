"""How long each kind of data is kept, what is due now, deleting it, and the report of each run."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.orgs.actions.retention import begin_retention, rules_in_force, set_rule
from kechuang.orgs.models import RetentionRun
from kechuang.orgs.retention import keeping_named
from kechuang.web.officer.pages import OfficePage

RUNS_SHOWN = 20
GONE = {
    "codes": _l("注册码"), "mails": _l("邮件"), "messages": _l("站内消息"), "jobs": _l("后台任务"), "rosters": _l("名册"),
    "roster_rows": _l("名册的行"), "refused_rows": _l("退回的行"), "identifiers": _l("证件信息"), "pupils": _l("学生"),
    "guardians": _l("监护人"), "account": _l("账号"), "name": _l("姓名"), "drafts": _l("草稿"), "files": _l("文件"),
    "entries": _l("申报内容"), "notice_lines": _l("公示行中的姓名"), "objections": _l("异议人信息"), "works": _l("作品"),
}  # fmt: skip


class Retention(OfficePage):
    """The rules with what is due by each now: the preview of a run."""

    permission = "retention.manage"
    template = "privacy/retention.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            if request.POST.get("do") == "rule":
                self._rule(request)
                return self.done(_("已保存。"), "retention")
            run = begin_retention(request.POST.getlist("kinds"), by=self.actor)
        except Refused as refusal:
            return self.shown(refusal.sentence)
        return self.done(_("已排入后台，删除的数量会记在报告里。"), "retention_run", run.pk)

    def _rule(self, request: HttpRequest) -> None:
        days = request.POST.get("days", "")
        code = request.POST.get("kind", "")
        set_rule(code, int(days) if days.isdecimal() else 0, "automatic" in request.POST, by=self.actor)

    def shown(self, refusal: str = "") -> HttpResponse:
        rules = rules_in_force(counted=True)
        return self.render(
            rules=rules, due=sum(rule.due for rule in rules), runs=list(RetentionRun.objects.select_related("started_by__person")[:RUNS_SHOWN]),
            refusal=refusal, status=422 if refusal else 200,
        )  # fmt: skip


class RetentionReport(OfficePage):
    """What a run found due and what it deleted."""

    permission = "retention.manage"
    template = "privacy/retention_run.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run: RetentionRun = self.find(RetentionRun.objects.select_related("started_by__person"), pk=pk)
        lines = []
        for code in run.kinds:
            one = keeping_named(code)
            done = [(str(GONE.get(name, name)), n) for name, n in run.done.get(code, {}).items()]
            lines.append((one.title if one else code, run.due.get(code, 0), done))
        return self.render(run=run, lines=lines)
