"""A guest in the host's house: without the extra it isn't missed, with it no setting is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WITHOUT_THE_EXTRA = """
import sys
MISSING = {"rest_framework", "drf_spectacular", "drf_standardized_errors", "django_filters"}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
import django
from django.conf import settings
from shop_integration.project import settings as project
for app in ("rest_framework", "drf_spectacular_sidecar"):
    project.INSTALLED_APPS.remove(app)
project.ROOT_URLCONF = "bare_urls"
django.setup()
from django.core.checks import run_checks
found = run_checks(include_deployment_checks=True, databases=["default"])
assert not [one for one in found if one.id.startswith("prodimages")], found
print("fine")
"""

HOSTILE = """
import os
import django
from shop_integration.project import settings as project
project.REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.StaticHTMLRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.OrderingFilter"],
    "PAGE_SIZE": 1,
    "DATETIME_FORMAT": "%s",
    "EXCEPTION_HANDLER": "no.such.handler",
    "NON_FIELD_ERRORS_KEY": "oops",
}
project.SPECTACULAR_SETTINGS = {
    "TITLE": "Host",
    "SCHEMA_PATH_PREFIX_INSERT": "/host",
    "COMPONENT_SPLIT_REQUEST": False,
    "POSTPROCESSING_HOOKS": [],
}
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from prodimages.choices import Scope
from prodimages.services import api_keys
_key, secret = api_keys.issue(shop="local", name="x", scopes=Scope)
client = Client(headers={"Authorization": f"Bearer {secret}"}, REMOTE_ADDR="127.0.0.1")
client.defaults["HTTP_HOST"] = "localhost"
for _again in range(2):
    response = client.get("/api/v1/styles/")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
wrong = client.post("/api/v1/generations/", {"count": 0}, "application/json")
assert (wrong.status_code, wrong["Content-Type"]) == (400, "application/problem+json")
assert {one["field"] for one in wrong.json()["errors"]} == {"product", "style", "count"}
import yaml
document = yaml.safe_load(open("docs/reference/openapi.yaml").read())
assert client.get("/api/v1/openapi.json").json() == document
print("fine")
"""


def run(program: str, folder: Path) -> str:
    (folder / "bare_urls.py").write_text(
        "from django.contrib import admin\nfrom django.urls import path\n"
        "urlpatterns = [path('admin/', admin.site.urls)]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "shop_integration.project.settings",
            "PRODIMAGES_VAR": str(folder / "var"),
            "PYTHONPATH": f"{ROOT}:{folder}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_a_host_without_the_api_needs_none_of_its_libraries(tmp_path):
    assert run(WITHOUT_THE_EXTRA, tmp_path) == "fine\n"


def test_no_setting_of_the_host_s_own_api_changes_ours(tmp_path):
    assert run(HOSTILE, tmp_path) == "fine\n"
