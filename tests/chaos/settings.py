"""Settings of a worker process that shares the database and the folders of a test."""

import json
import os
from pathlib import Path

_GIVEN = json.loads(os.environ["PRODIMAGES_CHAOS"])
os.environ["PRODIMAGES_VAR"] = _GIVEN["folder"]
os.environ["BROKER_URL"] = _GIVEN["broker"]

from shop_integration.project.settings import *  # noqa: E402, F403
from shop_integration.project.settings import INSTALLED_APPS, STORAGES  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.testapp", "tests.chaos"]
DATABASES = {"default": _GIVEN["database"]}
PRODIMAGES = _GIVEN["prodimages"]
MEDIA_ROOT = Path(_GIVEN["folder"]) / "media"
STORAGES = STORAGES | {
    "prodimages": STORAGES["prodimages"]
    | {"OPTIONS": {"location": Path(_GIVEN["folder"]) / "private"}}
}
