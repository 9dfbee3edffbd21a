"""Settings, all from the environment; .env.example says what each means."""

import os
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from foundation import logs
from foundation.embedded import addresses

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR = Path(env.str("ASSAY_VAR", default=str(BASE_DIR / "var"))).resolve()
ENVIRONMENT = env.str("ASSAY_ENV", default="development")
PRODUCTION = ENVIRONMENT == "production"
DEVELOPMENT_SECRET = "insecure-development-secret-that-no-production-site-accepts"  # noqa: S105
SECRET_KEY = env.str("ASSAY_SECRET_KEY", default=DEVELOPMENT_SECRET)
SECRET_KEY_FALLBACKS = env.list("ASSAY_SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("ASSAY_DEBUG", default=False)
HTTPS = env.bool("ASSAY_HTTPS", default=PRODUCTION)
ALLOWED_HOSTS = env.list("ASSAY_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("ASSAY_TRUSTED_ORIGINS", default=[])

if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"ASSAY_ENV is {ENVIRONMENT!r}; it must be 'development' or 'production'.")
if PRODUCTION and (SECRET_KEY == DEVELOPMENT_SECRET or SECRET_KEY.startswith("change-me") or len(SECRET_KEY) < 50):
    raise ImproperlyConfigured(
        "ASSAY_SECRET_KEY must be set to a secret of your own, at least 50 characters, before Assay runs in production."
    )

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "moderation.audit",
    "moderation.clients",
    "moderation.events",
    "moderation.registry",
    "moderation.intake",
    "moderation.matching",
    "moderation.verdicts",
    "moderation.analysis",
    "moderation.review",
    "moderation.portal",
    "moderation.webhooks",
    "moderation.learning",
    "moderation.insights",
    "assay",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "assay.middleware.RequestContextMiddleware",
    "assay.languages.LanguageMiddleware",
    "assay.middleware.LimitMiddleware",
    "assay.middleware.RefusalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "assay.urls"
WSGI_APPLICATION = "assay.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assay.context.shell",
                "assay.languages.switch",
            ],
            "builtins": ["assay.templatetags.evidence", "assay.templatetags.keyboard"],
        },
    }
]

embedded = addresses(VAR)
DATABASES = {"default": env.db_url("DATABASE_URL", default=embedded.database_url)}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.bool("ASSAY_WEB_PROCESS", default=False):  # set by deploy/gunicorn.conf.py
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    pool = {"min_size": 1, "max_size": env.int("ASSAY_DATABASE_POOL", default=12), "timeout": 30}
    DATABASES["default"]["OPTIONS"]["pool"] = pool
DIRECT_DATABASE_URL = env.str("DIRECT_DATABASE_URL", default="")
OPEN_WAITS = env.int("ASSAY_OPEN_WAITS", default=64)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default=embedded.redis_url)

AUTH_USER_MODEL = "clients.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/review/"
LOGOUT_REDIRECT_URL = "/"
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True

LANGUAGE_CODE = "en"
OFFERED_LANGUAGES = env.list("ASSAY_LANGUAGES", default=["en", "de"])
LANGUAGES = [(code, str(LANG_INFO[code]["name_local"])) for code in OFFERED_LANGUAGES if code in LANG_INFO]
if len(LANGUAGES) < len(OFFERED_LANGUAGES) or LANGUAGE_CODE not in OFFERED_LANGUAGES:
    raise ImproperlyConfigured(f"ASSAY_LANGUAGES is {OFFERED_LANGUAGES!r}; it must hold 'en', and codes of languages.")
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 31_536_000
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("samples", BASE_DIR / "samples")]
MEDIA_ROOT = VAR / "media"
S3_BUCKET = env.str("ASSAY_S3_BUCKET", default="")
STORAGES = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": S3_BUCKET, "default_acl": None}}
        if S3_BUCKET
        else {"BACKEND": "foundation.storage.WholeFileStorage"}
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False

CSRF_FAILURE_VIEW = "assay.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("ASSAY_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "moderation.clients.authentication.KeyAuthentication",
        "moderation.clients.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["moderation.clients.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["foundation.parsers.StrictJSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "foundation.negotiation.LenientNegotiation",
    "DEFAULT_SCHEMA_CLASS": "assay.openapi.Schema",
    "EXCEPTION_HANDLER": "foundation.rest.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Assay",
    "DESCRIPTION": "Tells a platform what the images it receives are, and shows why.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "assay.openapi.complete"],
    "WEBHOOKS": [
        "moderation.webhooks.told.submission_analysed",
        "moderation.webhooks.told.submission_failed",
        "moderation.webhooks.told.verdict_revised",
        "moderation.webhooks.told.case_escalated",
        "moderation.webhooks.told.appeal_opened",
        "moderation.webhooks.told.appeal_decided",
        "moderation.webhooks.told.model_promoted",
        "moderation.webhooks.told.endpoint_disabled",
        "moderation.webhooks.told.ping",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "Label": "moderation.verdicts.models.Label",
        "HumanLabel": "moderation.verdicts.models.HumanLabel",
        "KnownLabel": "moderation.matching.models.KnownLabel",
        "SubmissionState": "moderation.intake.models.State",
        "ImportState": "moderation.intake.models.ImportState",
        "ImportRowState": "moderation.intake.imports_api.ROW_STATES",
        "CaseState": "moderation.review.models.CaseState",
        "DeliveryState": "moderation.webhooks.models.State",
        "EndpointHealth": "moderation.webhooks.health.STATES",
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "analysis.analyse": {"queue": "analysis"},
    "webhooks.*": {"queue": "webhooks"},
    "learning.*": {"queue": "learning"},
}
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 1,
    "socket_timeout": 30,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = {
    "sweep analysis": {"task": "analysis.sweep", "schedule": 3.0, "options": {"expires": 3}},
    "sweep intake": {"task": "intake.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "end of retention": {"task": "intake.retention", "schedule": 600.0, "options": {"expires": 600}},
    "hash known images": {"task": "matching.crop", "schedule": 30.0, "options": {"expires": 30}},
    "sign the audit log": {"task": "audit.checkpoint", "schedule": 300.0, "options": {"expires": 300}},
    "sweep clients": {"task": "clients.sweep", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep bulk decisions": {"task": "review.bulk", "schedule": 5.0, "options": {"expires": 5}},
    "dispatch events": {"task": "events.dispatch", "schedule": 1.0, "options": {"expires": 1}},
    "sweep archives": {"task": "insights.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "deliver webhooks": {"task": "webhooks.sweep", "schedule": 2.0, "options": {"expires": 2}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

LOG_LEVEL = env.str("ASSAY_LOG_LEVEL", default="INFO")
LOGGING_CONFIG = None
logs.configure(LOG_LEVEL)

os.environ.setdefault("MPLCONFIGDIR", str(VAR / "matplotlib"))

IMAGE_MAX_BYTES = env.int("ASSAY_IMAGE_MAX_BYTES", default=20_000_000)
IMAGE_MAX_PIXELS = env.int("ASSAY_IMAGE_MAX_PIXELS", default=50_000_000)
IMAGE_MAX_SIDE = env.int("ASSAY_IMAGE_MAX_SIDE", default=16_384)
IMAGE_MAX_FRAMES = env.int("ASSAY_IMAGE_MAX_FRAMES", default=1_000)
IMAGE_MIN_SIDE = env.int("ASSAY_IMAGE_MIN_SIDE", default=32)
UPLOAD_MAX_BYTES = IMAGE_MAX_BYTES + 1_000_000
JSON_MAX_BYTES = max(32_000_000, IMAGE_MAX_BYTES * 4 // 3 + 1_000_000)  # base64 makes four bytes of three
DATA_UPLOAD_MAX_MEMORY_SIZE = JSON_MAX_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

C2PA_TRUST_LIST = env.str("ASSAY_C2PA_TRUST_LIST", default="")
C2PA_TRUST_ANCHORS = ""
if C2PA_TRUST_LIST:
    from detector.provenance.trust import TrustListError, load_trust_list

    try:
        C2PA_TRUST_ANCHORS = load_trust_list(Path(C2PA_TRUST_LIST)).pem
    except TrustListError as error:
        raise ImproperlyConfigured(f"ASSAY_C2PA_TRUST_LIST: {error}.") from error

ANALYSIS_BATCH = env.int("ASSAY_ANALYSIS_BATCH", default=8)
ANALYSIS_LEASE = timedelta(seconds=env.int("ASSAY_ANALYSIS_LEASE_SECONDS", default=120))
ANALYSIS_ATTEMPTS = env.int("ASSAY_ANALYSIS_ATTEMPTS", default=3)
ANALYSIS_THREADS = env.int("ASSAY_ANALYSIS_THREADS", default=0)
ANALYSIS_DEVICE = env.str("ASSAY_DEVICE", default="auto")
ANALYSIS_ENGINE = env.str("ASSAY_ENGINE", default="auto")
if ANALYSIS_ENGINE not in {"auto", "torch", "onnxruntime"}:
    raise ImproperlyConfigured(f"ASSAY_ENGINE is {ANALYSIS_ENGINE!r}; it must be 'auto', 'torch' or 'onnxruntime'.")
CACHE = VAR / "cache"
WORKER_SEEN_WITHIN = timedelta(seconds=60)
SECOND_REVIEW_SHARE = env.float("ASSAY_SECOND_REVIEW_SHARE", default=0.05)
GOLD_SHARE = env.float("ASSAY_GOLD_SHARE", default=0.02)
RETRACTION_WINDOW = timedelta(seconds=env.int("ASSAY_RETRACTION_SECONDS", default=30))
CLAIM_LEASE = timedelta(seconds=env.int("ASSAY_CLAIM_SECONDS", default=600))
REVIEW_MINUTES = env.int("ASSAY_REVIEW_MINUTES", default=1440)
CLIENT_REQUESTS_PER_MINUTE = env.int("ASSAY_CLIENT_REQUESTS_PER_MINUTE", default=12_000)
KEY_REQUESTS_PER_MINUTE = env.int("ASSAY_KEY_REQUESTS_PER_MINUTE", default=6_000)
ADDRESS_REQUESTS_PER_MINUTE = env.int("ASSAY_ADDRESS_REQUESTS_PER_MINUTE", default=6_000)
LINK_LIFETIME = timedelta(seconds=env.int("ASSAY_LINK_SECONDS", default=3600))
SEAL_ROLE = env.str("ASSAY_SEAL_ROLE", default="administrator")
if SEAL_ROLE not in {"viewer", "moderator", "lead", "administrator", "auditor"}:
    raise ImproperlyConfigured(f"ASSAY_SEAL_ROLE is {SEAL_ROLE!r}; it must be the name of a role.")
ANONYMOUS_CHECKS = env.bool("ASSAY_ANONYMOUS_CHECKS", default=True)
ANONYMOUS_RETENTION_DAYS = env.int("ASSAY_ANONYMOUS_RETENTION_DAYS", default=1)
CHECKS_PER_HOUR = env.int("ASSAY_CHECKS_PER_HOUR", default=120)
OBJECTIONS_PER_HOUR = env.int("ASSAY_OBJECTIONS_PER_HOUR", default=10)
SIGN_UP = env.bool("ASSAY_SIGN_UP", default=False)
SHARE_LIFETIME = timedelta(days=env.int("ASSAY_SHARE_DAYS", default=1))
APPEAL_LIFETIME = timedelta(days=env.int("ASSAY_APPEAL_DAYS", default=30))
ALLOWED_PRIVATE_NETWORKS = env.list("ASSAY_ALLOWED_PRIVATE_NETWORKS", default=[])
FETCH_TIMEOUT = timedelta(seconds=env.int("ASSAY_FETCH_TIMEOUT_SECONDS", default=15))
FETCH_LEASE = FETCH_TIMEOUT + timedelta(seconds=45)
WEBHOOK_TIMEOUT = timedelta(seconds=env.int("ASSAY_WEBHOOK_TIMEOUT_SECONDS", default=15))
MAIL = env.email_url("ASSAY_MAIL_URL", default="consolemail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_BACKEND"], MAIL["EMAIL_HOST"] or "", MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("ASSAY_MAIL_FROM", default="Assay <assay@localhost>")
SITE_ADDRESS = env.str("ASSAY_SITE_ADDRESS", default="http://127.0.0.1:8000")
DEMO = env.bool("ASSAY_DEMO", default=False)
METRICS_TOKEN = env.str("ASSAY_METRICS_TOKEN", default="")
