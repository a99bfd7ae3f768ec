"""One's own pages: everybody who has signed in. The pages between password and session answer by redirect."""

from tests.web.matrix.public import EVERYBODY

SIGNED_IN = EVERYBODY - {"anonymous"}

MATRIX: dict[str, set[str]] = {
    "me": SIGNED_IN,
    "inbox": SIGNED_IN,
    "message": set(),  # another's message is not there
    "set_language": set(),  # 405 to a GET
    "account_login": {"anonymous"},
    "account_logout": SIGNED_IN,
    "account_inactive": EVERYBODY,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": set(),
    "mfa_reauthenticate": set(),
    "mfa_activate_totp": set(),
    "mfa_deactivate_totp": set(),
    "mfa_view_recovery_codes": set(),
    "mfa_generate_recovery_codes": set(),
    "mfa_download_recovery_codes": set(),
}
