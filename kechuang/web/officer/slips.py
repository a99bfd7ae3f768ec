"""What a class gets on paper: new PINs or pictures for the pupils, or codes with which their guardians sign up."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions import invite_guardian, reset_pin
from kechuang.orgs.enums import Grade, GuardianRelation
from kechuang.orgs.models import Person, PupilRecord
from kechuang.orgs.signin.pictures import shown
from kechuang.web.views import Page


class Slips(Page):
    """Printable slips for a class: new PINs or pictures, or codes with which guardians sign up. Shown once, never stored."""

    permission = "pupil.sign_in"
    template = "officer/slips.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        classes = PupilRecord.objects.visible_to(self.actor, self.permission).filter(left_on__isnull=True)
        found = (
            classes.order_by("school__name", "grade", "class_name")
            .values_list("school__pk", "school__name", "grade", "class_name")
            .distinct()
        )
        labels, no_class = dict(Grade.choices), _("未分班")
        options = [
            (f"{pk}|{grade}|{name}", f"{school} · {labels[grade]} · {name or no_class}")
            for pk, school, grade, name in found[:2000]
        ]
        return self.render(options=options)

    def post(self, request: HttpRequest) -> HttpResponse:
        pupils = self.pupils(request.POST.get("class", ""))
        if not pupils:
            raise Refused(_("请选择一个有学生的班级。"))
        kind = request.POST.get("do", "")
        make = {"pin": self.pin_slip, "pictures": self.pictures_slip}.get(kind, self.guardian_slip)
        copies = 2 if kind == "guardian-two" else 1
        slips = [make(pupil) for pupil in pupils for _n in range(copies)]
        response = self.render(
            "officer/slips_print.html", slips=slips, is_secret=kind in {"pin", "pictures"}, record=pupils[0].pupil
        )
        response["Cache-Control"] = "no-store"
        return response

    def pupils(self, chosen: str) -> list[Person]:
        school, _bar, rest = chosen.partition("|")
        grade, _bar, class_name = rest.partition("|")
        if not school.isdecimal() or not grade.isdecimal():
            return []
        inside = PupilRecord.objects.visible_to(self.actor, self.permission).filter(left_on__isnull=True)
        rows = Person.objects.filter(
            pupil__in=inside, pupil__school=int(school), pupil__grade=int(grade), pupil__class_name=class_name
        )
        return list(rows.select_related("user", "pupil__school").order_by("name", "pk"))

    def pictures_slip(self, pupil: Person) -> dict[str, Any]:
        return {
            "name": pupil.name,
            "code": pupil.user.username if pupil.user else "",
            "pictures": shown(reset_pin(pupil, by=self.actor, pictures=True)),
        }

    def pin_slip(self, pupil: Person) -> dict[str, str]:
        return {
            "name": pupil.name,
            "code": pupil.user.username if pupil.user else "",
            "secret": reset_pin(pupil, by=self.actor),
        }

    def guardian_slip(self, pupil: Person) -> dict[str, str]:
        return {"name": pupil.name, "code": "", "secret": invite_guardian(pupil, GuardianRelation.OTHER, by=self.actor)}
