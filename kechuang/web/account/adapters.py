"""What the pages of signing in add to the rules of orgs.signin: our sentences, our QR, the reader's language."""

from io import BytesIO
from typing import Any

import segno
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kechuang.orgs.models import User
from kechuang.orgs.signin import adapters
from kechuang.orgs.signin.devices import note_device
from kechuang.web.account.choices import bring_along
from kechuang.web.account.waiting import too_many_failures


class AccountAdapter(adapters.AccountAdapter):
    error_messages = adapters.AccountAdapter.error_messages | {
        "username_password_mismatch": _lazy("登录名和密码不匹配。请检查大小写；连续输错 5 次会锁定 15 分钟。"),
        "enter_current_password": _lazy("现在的密码不对，请再输入一次。"),
        "incorrect_password": _lazy("密码不对，请再输入一次。"),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """A limit is no mistake in a field: it is answered as one, whichever form met it."""
        if code in {"too_many_login_attempts", "rate_limited"}:
            raise ImmediateHttpResponse(too_many_failures(context.request))
        error: ValidationError = super().validation_error(code, *args)
        return error

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **facts)
        bring_along(response, user)
        note_device(request, response, user, self.get_client_ip(request))
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only what the user should be told; a greeting at every sign-in is noise."""
        if sentence := _told(message_template):
            messages.add_message(request, level, sentence)


def _told(template: str | None) -> str:
    return {
        "account/messages/password_changed.txt": _("密码已修改。"),
        "mfa/messages/totp_activated.txt": _("动态口令已启用。请保存好下面的备用码。"),
        "mfa/messages/totp_deactivated.txt": _("动态口令已停用。"),
        "mfa/messages/webauthn_added.txt": _("通行密钥已添加。下次登录可以直接用它。"),
        "mfa/messages/webauthn_removed.txt": _("通行密钥已删除。"),
        "mfa/messages/recovery_codes_generated.txt": _("新的备用码已生成，旧的作废。"),
    }.get(template or "", "")


class MFAAdapter(adapters.MFAAdapter):
    error_messages = adapters.MFAAdapter.error_messages | {
        "incorrect_code": _lazy("这个动态口令不对，或者已经过期。请看手机上最新的 6 位数字，并检查手机时间是否准确。"),
        "cannot_delete_authenticator": _lazy("您的身份必须使用两步验证，不能停用最后一种。"),
        "incorrect_passkey": _lazy("这把通行密钥没有通过验证，请再试一次。"),
    }

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return _("我的通行密钥")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": _("科创教育平台")}

    def build_totp_svg(self, url: str) -> str:
        picture = BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", xmldecl=False, scale=5, border=2, light="#fff")
        return picture.getvalue().decode()
