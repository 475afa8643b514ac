"""Settings of the project, all from the environment (see ``.env.example``).

A missing or wrong value stops the start with a sentence that says what to set.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from whitenoise.compress import Compressor

from salesos.db.private_file import PrivateConnection

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def whole_number(name: str, default: int, *, least: int = 1) -> int:
    """The setting ``name`` as an integer of at least ``least``; a sentence that names it where it is none."""
    text = env.str(name, default=str(default))
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, and it is {text!r}.")
    return number


def flag(name: str, default: bool) -> bool:
    """The setting ``name`` as a boolean: 1 or 0."""
    text = env.str(name, default="1" if default else "0").lower()
    if text not in {"0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, and it is {text!r}.")
    return text in {"1", "true"}


def rate(name: str, default: str) -> tuple[int, int]:
    """The setting ``name``, such as ``30/min``: a number, and of how many seconds."""
    text = env.str(name, default=default)
    number, _slash, period = text.partition("/")
    if not (number.isascii() and number.isdigit() and int(number) and period in PERIODS):
        raise ImproperlyConfigured(f"{name} must be a number per {', '.join(PERIODS)} such as 30/min, not {text!r}.")
    return int(number), PERIODS[period]


PERIODS = {"s": 1, "min": 60, "hour": 3600, "day": 86400}

# Serving -------------------------------------------------------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
HTTPS = flag("HTTPS", default=not DEBUG)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debugging-never-in-production" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text (or DEBUG=1 while developing).")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "salesos.views.csrf_failure"
# What has a form make one thing, however often it is sent. The admin's forms know it by this name only.
FORM_TOKENS = "customobjects.services.forms"
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies to believe when a client's address is read from X-Forwarded-For.
NUM_PROXIES = 1 if BEHIND_PROXY else 0

# Serving: how long a body may take to arrive; how many threads of a process work, and how many more there may be while
# those are at something slow.
BODY_SECONDS = whole_number("BODY_SECONDS", 30)
THREADS = whole_number("THREADS", 2)

ROOT_URLCONF = "salesos.urls"
WSGI_APPLICATION = "salesos.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Both /v1/x and /v1/x/ are routes of their own, so that a POST is never redirected.
APPEND_SLASH = False

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "salesos.apps.StaticFiles",
    "django.contrib.humanize",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "salesos.accounts",
    "salesos.idempotency",
    "customobjects",
]

MIDDLEWARE = [
    "salesos.middleware.FilesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "salesos.middleware.CompressionMiddleware",
    "salesos.middleware.ConditionalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "salesos.middleware.PageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "salesos.accounts.profiles.profile",
                "customobjects.web.shell.shell",
            ],
        },
    },
]

# Database ------------------------------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")
}
_database = DATABASES["default"]
# Each thread of a server keeps its connection.
_database["CONN_MAX_AGE"] = None
# Whether a write is on the disk before it is answered.
SYNCHRONOUS_COMMIT = flag("SYNCHRONOUS_COMMIT", default=True)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _synchronous = "FULL" if SYNCHRONOUS_COMMIT else "NORMAL"
    # Write transactions take the lock at their start and wait for it, instead of failing half-way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Seconds that a statement waits for the lock; "sqlite:///…?timeout=5" says another number.
        "timeout": _database.get("OPTIONS", {}).get("timeout", 20),
        "factory": PrivateConnection,
        # What a statement within a transaction would have to take back, SQLite notes in a temporary file, where it is
        # more than 64 kB, unless it is told to keep what is temporary in memory.
        "init_command": (
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous={_synchronous}; PRAGMA cache_size=-64000; "
            "PRAGMA temp_store=MEMORY;"
        ),
    }
    # A file, as in real use: tests of several threads need what a database in memory cannot do.
    _database["TEST"] = {"NAME": str(BASE_DIR / "var" / "test.sqlite3")}
elif _database["ENGINE"] == "django.db.backends.postgresql":
    # Statements that run often are planned once for each connection. A pooler that hands a connection from client
    # to client between transactions may not know them: then 0.
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "prepare_threshold": 1 if flag("PREPARED_STATEMENTS", default=True) else None,
    }
    if not SYNCHRONOUS_COMMIT:
        _options = _database["OPTIONS"].get("options", "")
        _database["OPTIONS"]["options"] = f"{_options} -c synchronous_commit=off".strip()
    # A pool is for many threads that share fewer connections, and costs each request setting one up anew
    # (docs/operating.md has the measurement).
    if pool_size := whole_number("DATABASE_POOL_SIZE", 0, least=0):
        _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
        # Asked when it is taken from the pool: a statement more, where setting it up is several.
        _database["CONN_HEALTH_CHECKS"] = True
        _database["CONN_MAX_AGE"] = 0
    # Limits of what a request does, in seconds (``salesos.db.time_limits``); 0: none.
    STATEMENT_SECONDS = whole_number("STATEMENT_SECONDS", 30, least=0)
    LOCK_SECONDS = whole_number("LOCK_SECONDS", 5, least=0)
    IDLE_TRANSACTION_SECONDS = whole_number("IDLE_TRANSACTION_SECONDS", 60, least=0)
    # What PostgreSQL's planner takes a page from anywhere to cost, in percent of the next one; 0: as PostgreSQL says.
    RANDOM_PAGE_PERCENT = whole_number("RANDOM_PAGE_PERCENT", 110, least=0)
else:
    raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")

# What all processes share for a while, such as counts of wrong passwords: in the database, or where the URL says.
if not env.str("CACHE_URL", default="dbcache://cache").startswith(("dbcache://", "redis://", "rediss://")):
    raise ImproperlyConfigured("CACHE_URL must start with dbcache://, redis:// or rediss://.")
CACHES: dict[str, Any] = {"default": env.cache_url("CACHE_URL", default="dbcache://cache")}
CACHES["default"].setdefault("TIMEOUT", PERIODS["day"])
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    CACHES["default"].setdefault("OPTIONS", {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10})

# Threads that wait for PostgreSQL cost little; on a file they are in each other's way (docs/operating.md).
MAX_THREADS = whole_number("MAX_THREADS", 16 if _database["ENGINE"].endswith("postgresql") else THREADS)

# People and programs -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["salesos.accounts.limits.LimitedBackend"]
# Wrong passwords that are heard, from each address and for each account.
SIGN_IN_RATE = rate("SIGN_IN_RATE", "30/min")
SIGN_IN_ACCOUNT_RATE = rate("SIGN_IN_ACCOUNT_RATE", "20/hour")
# The first one hashes; a password that another one hashed is hashed anew when its owner signs in.
PASSWORD_HASHERS = ["salesos.accounts.hashers.Argon2Hasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("web:sign-in")
LOGIN_REDIRECT_URL = reverse_lazy("web:object-list")
LOGOUT_REDIRECT_URL = reverse_lazy("web:sign-in")

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=whole_number("ACCESS_TOKEN_MINUTES", 30)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=whole_number("REFRESH_TOKEN_DAYS", 14)),
    # A changed password ends every token that was made with the old one.
    "CHECK_REVOKE_TOKEN": True,
}

# REST API ------------------------------------------------------------------------------------------------------------

MAX_BODY_BYTES = whole_number("MAX_BODY_KB", 5 * 1024) * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
IDEMPOTENCY_HOURS = whole_number("IDEMPOTENCY_HOURS", 24)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "salesos.accounts.authentication.BearerAuthentication",
        "salesos.accounts.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["salesos.rest.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["salesos.rest.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "salesos.rest.renderers.AlwaysJSON",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "salesos.rest.openapi.OperationSchema",
    "EXCEPTION_HANDLER": "salesos.rest.exceptions.exception_handler",
    "NUM_PROXIES": NUM_PROXIES,
    "DEFAULT_METADATA_CLASS": "salesos.rest.metadata.Methods",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "SalesOS Custom Objects",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Define your own objects, fields and relations, and keep their records.",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "PREPROCESSING_HOOKS": ["salesos.rest.openapi.only_api"],
    "POSTPROCESSING_HOOKS": ["salesos.rest.openapi.finish", "customobjects.api.openapi.describe_fields"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Background work: kept in the database, done by "manage.py worker".
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Limits of the product (each answered with a clear error when it is reached) -----------------------------------------

MAX_OBJECTS_PER_ORGANIZATION = whole_number("MAX_OBJECTS_PER_ORGANIZATION", 500)
MAX_FIELDS_PER_OBJECT = whole_number("MAX_FIELDS_PER_OBJECT", 500)
MAX_DEFINITION_BYTES = whole_number("MAX_DEFINITION_KB", 4 * 1024) * 1024
MAX_ANSWER_BYTES = whole_number("MAX_ANSWER_KB", 16 * 1024) * 1024
MAX_RECORD_BYTES = whole_number("MAX_RECORD_KB", 256) * 1024
TRASH_DAYS = whole_number("TRASH_DAYS", 30, least=0)
# For how many days histories are kept, where an object does not say so itself; 0 is for ever.
HISTORY_DAYS = whole_number("HISTORY_DAYS", 0, least=0)
# 0: for ever.
AUDIT_DAYS = whole_number("AUDIT_DAYS", 400, least=0)

# Language, time, static files, logs ----------------------------------------------------------------------------------

TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "salesos.made_files.MadeFinder",
]
# No other site uses them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Maps of scripts, which nobody but their writers loads: to compress them takes twice as long as all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "salesos.static_files.HashedStorage"
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # 4xx answers are the caller's affair; 5xx keep their traceback.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Whoever sends wrong Host headers is answered with 400, and does not fill the log with tracebacks.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}


def _admin_list(title: str, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD = {
    "SITE_TITLE": "SalesOS operations",
    "SITE_HEADER": "SalesOS",
    "SITE_SUBHEADER": "Operations",
    "SITE_SYMBOL": "deployed_code",
    "DASHBOARD_CALLBACK": "customobjects.admin.dashboard.dashboard",
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "items": [
                    {"title": "What needs attention", "icon": "monitor_heart", "link": reverse_lazy("admin:index")}
                ],
            },
            {
                "title": "People and programs",
                "items": [
                    _admin_list("Organizations", "apartment", "accounts_organization"),
                    _admin_list("Users", "group", "accounts_user"),
                    _admin_list("API keys", "key", "accounts_apikey"),
                    _admin_list("Audit log", "history", "accounts_auditentry"),
                ],
            },
            {
                "title": "Custom objects",
                "items": [
                    _admin_list("Objects", "deployed_code", "customobjects_customobject"),
                    _admin_list("Records", "table_rows", "customobjects_record"),
                ],
            },
            {
                "title": "Background work",
                "items": [
                    _admin_list("Tasks", "pending_actions", "customobjects_backgroundtask"),
                    _admin_list("Imports", "upload_file", "customobjects_tableimport"),
                ],
            },
        ],
    },
}
