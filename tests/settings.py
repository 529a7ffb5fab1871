"""The reference project under test: a database file of its own, a broker in memory.

PRODIMAGES_TEST_DATABASE_URL runs the whole suite on PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="prodimages-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["PRODIMAGES_VAR"] = str(_FOLDER)
os.environ["DATABASE_URL"] = os.environ.get("PRODIMAGES_TEST_DATABASE_URL", "")
os.environ.pop("BROKER_URL", None)

from shop_integration.project.settings import *  # noqa: E402, F403
from shop_integration.project.settings import DATABASES, INSTALLED_APPS  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.testapp"]
(_FOLDER / "static").mkdir()  # WhiteNoise warns at every request when it is not there
WHITENOISE_AUTOREFRESH = True  # else each test client reads the list of all static files anew
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads and processes of a test share it; an in-memory database is
    # one connection's own.
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
