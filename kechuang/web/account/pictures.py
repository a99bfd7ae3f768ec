"""Signing in by pictures, for the youngest: the code from the slip, then five pictures one after the other, by mouse, finger or key."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kechuang.orgs.signin.pictures import BY_LETTER, LENGTH, PICTURES, as_password
from kechuang.web.account.forms import SignInForm
from kechuang.web.views import PUBLIC, Page


class PictureSignIn(Page):
    """Each picture is a button of the form, so nothing here needs a script."""

    permission = PUBLIC
    template = "account/pictures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("", "")

    def show(self, login: str, picked: str, refusal: str = "") -> HttpResponse:
        response = self.render(
            login=login, picked=picked, places=[n < len(picked) for n in range(LENGTH)], pictures=PICTURES,
            refusal=refusal, status=422 if refusal else 200,
        )  # fmt: skip
        response["Cache-Control"] = "no-store"
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        login = "".join(request.POST.get("login", "").split())[:64]
        picked = "".join(letter for letter in request.POST.get("picked", "") if letter in BY_LETTER)[: LENGTH - 1]
        pick = request.POST.get("pick", "")
        if pick == "back":
            return self.show(login, picked[:-1])
        if not login:
            return self.show("", "", _("请先填写口令条上的学生代码。"))
        if pick in BY_LETTER:
            picked += pick
        return self.show(login, picked) if len(picked) < LENGTH else self.sign_in(request, login, picked)

    def sign_in(self, request: HttpRequest, login: str, picked: str) -> HttpResponse:
        """By the same form as everybody, so lockout, audit and devices are the same."""
        form = SignInForm({"login": login, "password": as_password(picked)}, request=request)
        if not form.is_valid():
            return self.show(login, "", _("代码或图片的顺序不对，请从第一张重新点。忘记了就告诉老师，当场可以换新的。"))
        response: HttpResponse = form.login(request)
        return response
