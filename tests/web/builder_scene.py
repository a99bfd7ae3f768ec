"""An office at the builder, whose forms are sent as a browser sends them."""

from django.urls import reverse

from kechuang.engine.calls.models import Call
from tests.factories.orgs import an_officer
from tests.web.applicant_scene import signed_in


class Office:
    """A city officer at the builder: sends each form as it stands, with some fields changed."""

    def __init__(self, org) -> None:
        self.client, self.call = signed_in(an_officer("city_officer", org)), None

    def begin(self, **given):
        self.client.post(reverse("recognition_new"), given)
        self.call = Call.objects.get(title=given["title"])

    def takes(self, call):
        self.call = call
        return self

    def section(self, name, rows=None, **changes):
        address = reverse(
            "certificate_design" if name == "design" else "call_edit",
            args=[self.call.slug, *([name] if name != "design" else [])],
        )
        self._send(address, rows, changes)

    def item(self, what, holder, code, query="", **changes):
        self._send(reverse("call_item", args=[self.call.slug, what, holder, code]) + query, None, changes)

    def _send(self, address, rows, changes):
        form = self.client.get(address).context["form"]
        data = {
            bound.html_name: bound.value() for bound in form if bound.value() is not None and bound.value() is not False
        } | changes
        formset = getattr(form, "rows", None)
        if formset is not None:
            lines = (
                rows
                if rows is not None
                else [{b.name: b.value() for b in row if b.value() is not None} for row in formset.initial_forms]
            )
            data |= {
                "rows-TOTAL_FORMS": len(lines),
                "rows-INITIAL_FORMS": min(len(lines), formset.initial_form_count()),
            }
            data |= {f"rows-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}
        sent = self.client.post(address, {name: value for name, value in data.items() if value is not None})
        assert sent.status_code == 302, [
            sent.context["form"].errors,
            getattr(getattr(sent.context["form"], "rows", None), "errors", ""),
        ]
        self.call = Call.objects.get(pk=self.call.pk)
