"""One's own pages and signing in. The pages between password and session answer by redirect."""

from tests.web.matrix.people import EVERYBODY, SIGNED_IN
from tests.web.matrix.row import Row, at

MATRIX: dict[str, Row] = {
    "me": Row(see=SIGNED_IN),
    "reminders": Row(see=SIGNED_IN, do=SIGNED_IN),
    "calendar_feed": Row(at("calendar_key"), see=EVERYBODY),
    "inbox": Row(see=SIGNED_IN, do=SIGNED_IN),
    "set_language": Row(do=EVERYBODY),
    "account_login": Row(see=EVERYBODY, do=EVERYBODY),
    "account_logout": Row(see=EVERYBODY, do=EVERYBODY),
    "session": Row(see=EVERYBODY),
    "account_inactive": Row(see=EVERYBODY),
    "account_change_password": Row(see=SIGNED_IN, do=SIGNED_IN),
    "account_reauthenticate": Row(),
    "mfa_index": Row(see=SIGNED_IN),
    "mfa_authenticate": Row(see=SIGNED_IN, do=SIGNED_IN),
    "mfa_reauthenticate": Row(),
    "mfa_activate_totp": Row(see=SIGNED_IN, do=SIGNED_IN),
    "mfa_deactivate_totp": Row(),
    "mfa_view_recovery_codes": Row(),
    "mfa_generate_recovery_codes": Row(see=SIGNED_IN, do=SIGNED_IN),
    "mfa_download_recovery_codes": Row(),
    "message": Row(at("message.pk"), see=frozenset({"pupil"})),
}
