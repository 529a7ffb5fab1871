"""Settings of the reference project; as they stand, those of the demo.

Everything embedded: SQLite, Celery on a folder of files, pictures on the disk. A
database, a broker and storages of one's own come from the environment (see
docs/howto/scale-out.md).
"""

import os
from pathlib import Path

from shop_integration.project.environment import broker, database, demo_secret_key, engines, flag

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("PRODIMAGES_VAR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEMO = flag("PRODIMAGES_DEMO", default=True)
SECRET_KEY = os.environ.get("SECRET_KEY") or demo_secret_key(VAR_DIR, DEMO)
DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular_sidecar",
    "prodimages",
    "shop_integration.catalogue",
    "shop_integration.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if DEMO:
    MIDDLEWARE.insert(0, "shop_integration.demo.middleware.LoopbackOnlyMiddleware")
ROOT_URLCONF = "shop_integration.project.urls"
WSGI_APPLICATION = "shop_integration.project.wsgi.application"
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
            ]
        },
    }
]

DATABASES = {"default": database(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "prodimages": {
        "BACKEND": "prodimages.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private"},
    },
}

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(VAR_DIR)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

PRODIMAGES_PRODUCT_MODEL = "prodimages_catalogue.Product"
PRODIMAGES = {
    "ENGINES": engines(demo=DEMO),
    "SHOPS": {"local": {"BACKEND": "shop_integration.catalogue.shop.CatalogueShop"}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "prodimages": {"handlers": ["console"], "level": "INFO"},
        # Django keeps the traceback of a 500 to itself where DEBUG is off.
        "django.request": {"handlers": ["console"], "level": "ERROR"},
    },
}
