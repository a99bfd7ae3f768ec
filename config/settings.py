"""Settings. Every value that an installation may change comes from the environment; docs/settings.md lists them all."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kechuang.base.watching.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("KECHUANG_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
PRODUCTION = env.bool("KECHUANG_PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("KECHUANG_DEMO", default=not PRODUCTION)


def _secret(name: str) -> str:
    """A secret from the environment; without one a development value, which production refuses."""
    if PRODUCTION:
        return env.str(name)
    return env.str(name, default=f"development-only-{name.lower()}-not-for-production-use-0123456789")


SECRET_KEY = _secret("SECRET_KEY")
AUDIT_KEY = _secret("AUDIT_KEY")
AUDIT_ANCHOR_FILE = env.str("AUDIT_ANCHOR_FILE", default="")
FIELD_KEYS = env.dict("FIELD_KEYS", default={"k1": _secret("FIELD_KEY")}) if not PRODUCTION else env.dict("FIELD_KEYS")
INDEX_KEY = _secret("INDEX_KEY")
CREDENTIAL_KEYS = env.dict("CREDENTIAL_KEYS", default={"k1": AUDIT_KEY})
CRYPTO_BACKEND = env.str("CRYPTO_BACKEND", default="international")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}").rstrip("/")
CITY_NAME = env.str("CITY_NAME", default="深圳市")

INSTALLED_APPS = [
    "kechuang.base",
    "kechuang.orgs",
    "kechuang.engine",
    "kechuang.programmes",
    "kechuang.web",
    "kechuang.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.dingtalk",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "kechuang.base.watching.requests.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kechuang.web.policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "kechuang.web.sharing.SharedPages",
    "kechuang.web.chinese.MarkedChinese",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kechuang.orgs.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("kechuang.web.folding.Loader", ["django.template.loaders.app_directories.Loader"])],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kechuang.web.navigation.nav",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'kechuang.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads of a live server that share a database in memory lock each other's tables; one per process.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["ENGINE"] = "kechuang.base.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Statements are prepared after some uses, so PostgreSQL does not plan each page's queries anew: a third of its work.
    # A pooler in transaction mode cannot do that: PREPARE_STATEMENTS=0.
    if env.bool("PREPARE_STATEMENTS", default=True):
        DATABASES["default"].setdefault("OPTIONS", {}).update({"server_side_binding": True, "prepare_threshold": 3})

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
# Askings a minute, one person / one address (kechuang/web/limits.py).
RATE_LIMITS = {
    "verify": "60/240",  # certificates, whose numbers could be counted through
    "codes": "30/120",  # secret codes of objections and invitations, which could be guessed at
    "search": "120/1200",
    "export": "30/300",
    "api": "120/600",
    "preview": "60/600",  # sheets of certificates, set anew for each look
} | env.dict("RATE_LIMITS", default={})

# Seconds for which a public page may be given again to readers who are not signed in; a withdrawn consent shows within them.
SHARED_SECONDS = min(30, env.int("SHARED_SECONDS", default=20 if PRODUCTION else 0))

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "kechuang.orgs.signin.accounts.Accounts",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kechuang.orgs.signin.passwords.StrengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kechuang.orgs.signin.passwords.HistoryValidator"},
]
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
IDLE_MINUTES = env.int("IDLE_MINUTES", default=30)
_ADMINISTRATORS = ["system_admin", "security_admin", "auditor"]
TOTP_ROLES = env.list(
    "TOTP_ROLES",
    default=[*_ADMINISTRATORS, "city_officer", "district_officer", "expert"] if PRODUCTION else _ADMINISTRATORS,
)
PASSKEY_ROLES = env.list("PASSKEY_ROLES", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_ENGINE = "kechuang.orgs.signin.sessions"
ACCOUNT_ADAPTER = "kechuang.web.account.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False  # school computers are shared
# axes locks by user name and address; a whole class signs in from one address within a minute.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": "20/5m/key", "change_password": "20/m/user"}
MFA_ADAPTER = "kechuang.web.account.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http on this machine; browsers themselves refuse it elsewhere
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # a whole office stands behind one address
ACCOUNT_FORMS = {
    "login": "kechuang.web.account.forms.SignInForm",
    "change_password": "kechuang.web.account.forms.PasswordForm",
    "reauthenticate": "kechuang.web.account.forms.ConfirmPasswordForm",
}
MFA_FORMS = {
    "authenticate": "kechuang.web.account.forms.CodeForm",
    "reauthenticate": "kechuang.web.account.forms.ConfirmCodeForm",
    "activate_totp": "kechuang.web.account.forms.ActivateForm",
    "add_webauthn": "kechuang.web.account.forms.PasskeyForm",
}
CSRF_FAILURE_VIEW = "kechuang.web.errors.csrf_failure"
SOCIALACCOUNT_ADAPTER = "kechuang.orgs.signin.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
OIDC_STAFF_CLAIM = env.str("KECHUANG_OIDC_STAFF_CLAIM", default="")
OIDC_SERVER = env.str("KECHUANG_OIDC_SERVER", default="")
CAS_SERVER = env.str("KECHUANG_CAS_SERVER", default="")
CAS_NAME = env.str("KECHUANG_CAS_NAME", default="统一身份认证")
WECOM_API = env.str("KECHUANG_WECOM_API", default="https://qyapi.weixin.qq.com").rstrip("/")
WECOM_LOGIN = env.str("KECHUANG_WECOM_LOGIN", default="https://login.work.weixin.qq.com/wwlogin/sso/login")
_WECOM = env.str("KECHUANG_WECOM_CORP", default="")
_DINGTALK = env.str("KECHUANG_DINGTALK_CLIENT_ID", default="")
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address that a provider tells never opens an account
SOCIALACCOUNT_PROVIDERS = {
    "wecom": {
        "APPS": [
            {
                "client_id": _WECOM,
                "secret": env.str("KECHUANG_WECOM_SECRET", default=""),
                "settings": {"agent": env.str("KECHUANG_WECOM_AGENT", default="")},
            }
        ]
        if _WECOM
        else [],
    },
    "dingtalk": {
        "APPS": [{"client_id": _DINGTALK, "secret": env.str("KECHUANG_DINGTALK_SECRET", default="")}]
        if _DINGTALK
        else [],
    },
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": env.str("KECHUANG_OIDC_NAME", default="统一身份认证"),
                "client_id": env.str("KECHUANG_OIDC_CLIENT_ID", default=""),
                "secret": env.str("KECHUANG_OIDC_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER},
            }
        ]
        if OIDC_SERVER
        else [],
    },
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "kechuang.orgs.signin.lockout.username_of"
AXES_CLIENT_IP_CALLABLE = "kechuang.orgs.signin.addresses.client_ip"
AXES_LOCKOUT_CALLABLE = "kechuang.orgs.signin.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["password", "login"]
AXES_DISABLE_ACCESS_LOG = True  # the audit ledger has every sign-in

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "kechuang" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
PICTURES = BASE_DIR / "docs" / "pictures"
STATICFILES_DIRS = [("pictures", PICTURES)] if PICTURES.is_dir() else []
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
MEDIA_URL = "files/"
FONT_DIRS = env.list("FONT_DIRS", default=[str(BASE_DIR / "node_modules" / "@expo-google-fonts")])
WEB_FONT = env.bool("WEB_FONT", default=False)
PDF_PROCESSES = env.int("PDF_PROCESSES", default=0)  # 0: one per core
STORAGES = {
    "default": {"BACKEND": "kechuang.base.files.disk.Disk"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if _BUCKET := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "kechuang.base.files.s3.S3Store",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "location": env.str("S3_PREFIX", default=""),
            "endpoint_url": env.str("S3_ENDPOINT"),
            "access_key": env.str("S3_ACCESS_KEY"),
            "secret_key": env.str("S3_SECRET_KEY"),
            "region_name": env.str("S3_REGION", default="us-east-1"),
            "addressing_style": env.str("S3_ADDRESSING", default="path"),
            "verify": env.str("S3_CA_FILE", default="") or None,
        },
    }
if not PRODUCTION:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True

EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kechuang@localhost")

# Parts of resumable uploads; several web machines share this folder.
UPLOAD_DIR = Path(env.str("UPLOAD_DIR", default=str(VAR_DIR / "uploads")))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
# Sites that may show the widget of the showcase in a frame, as origins (https://www.example.cn).
EMBED_ORIGINS = env.list("EMBED_ORIGINS", default=[])
LOGGING = logging_settings(
    env.str("LOG_FORMAT", default="json" if PRODUCTION else "plain"),
    env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING"),
)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # papers are shown in frames of our own pages; frame-ancestors says the same
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=True) else None
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
