"""What a class gets on paper: new PINs for the pupils, or codes with which their guardians sign up."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.orgs.actions import invite_guardian, reset_pin
from kechuang.orgs.enums import Grade, GuardianRelation
from kechuang.orgs.models import Person, PupilRecord
from kechuang.orgs.scoping import under
from kechuang.web.officer.pages import OfficePage


class Slips(OfficePage):
    """Printable slips for a class: new PINs, or codes with which guardians sign up. Shown once, never stored."""

    permission = "roster.upload"
    template = "officer/slips.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        classes = PupilRecord.objects.filter(
            under("school__path", self.actor.paths(self.permission)), left_on__isnull=True
        )
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
        is_pin = request.POST.get("do") == "pin"
        make = self.pin_slip if is_pin else self.guardian_slip
        return self.render(
            "officer/slips_print.html", slips=[make(pupil) for pupil in pupils], is_pin=is_pin, record=pupils[0].pupil
        )

    def pupils(self, chosen: str) -> list[Person]:
        school, _bar, rest = chosen.partition("|")
        grade, _bar, class_name = rest.partition("|")
        if not school.isdecimal() or not grade.isdecimal():
            return []
        rows = Person.objects.visible_to(self.actor, self.permission).filter(pupil__left_on__isnull=True)
        rows = rows.filter(pupil__school=int(school), pupil__grade=int(grade), pupil__class_name=class_name)
        return list(rows.select_related("user", "pupil__school").order_by("name", "pk"))

    def pin_slip(self, pupil: Person) -> dict[str, str]:
        return {
            "name": pupil.name,
            "code": pupil.user.username if pupil.user else "",
            "secret": reset_pin(pupil, by=self.actor),
        }

    def guardian_slip(self, pupil: Person) -> dict[str, str]:
        return {"name": pupil.name, "code": "", "secret": invite_guardian(pupil, GuardianRelation.OTHER, by=self.actor)}
