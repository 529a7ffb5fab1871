from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from prodimages.models import Style, WorkerHeartbeat
from tests.factories import make_style
from tests.platforms.server import serving
from tests.platforms.shopify import FakeShopify

pytestmark = pytest.mark.django_db


def doctor():
    """Findings by subject, and whether the command failed."""
    out = io.StringIO()
    try:
        call_command("prodimages_doctor", "--json", stdout=out)
        failed = False
    except CommandError:
        failed = True
    found: dict[str, list] = {}
    for finding in json.loads(out.getvalue().splitlines()[0]):
        found.setdefault(finding["about"], []).append(finding)
    return found, failed


@pytest.fixture
def _worker(flat):
    make_style()
    now = timezone.now()
    WorkerHeartbeat.objects.create(
        name="w", queues=["prodimages"], version="1", started_at=now, seen_at=now
    )


@pytest.mark.usefixtures("_worker")
def test_a_sound_installation_is_told_so():
    found, failed = doctor()
    levels = {about: {finding["level"] for finding in rows} for about, rows in found.items()}
    assert not failed, found
    assert set(levels) == {
        *("settings", "database", "styles", "storage"),
        *("cut-out", "enlargement", "try-on", "broker", "worker", "queue"),
    }
    assert all(level == {"ok"} for level in levels.values()), found


@pytest.mark.usefixtures("flat")
def test_a_missing_worker_is_a_problem():
    found, failed = doctor()
    assert failed
    assert "No worker takes jobs" in found["worker"][0]["text"]


@pytest.mark.usefixtures("_worker")
def test_missing_weights_are_a_problem(settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {
        "CUTOUT": {
            "BACKEND": "prodimages.cutouts.u2netp.U2NetpCutout",
            "OPTIONS": {"MODEL_PATH": "/nowhere/u2netp.onnx"},
        }
    }
    found, failed = doctor()
    assert failed
    assert found["cut-out"][0]["level"] == "problem"


@pytest.mark.usefixtures("_worker")
def test_a_storage_that_can_not_be_written_is_a_problem(settings, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    private = settings.STORAGES["prodimages"] | {"OPTIONS": {"location": blocked}}
    settings.STORAGES = settings.STORAGES | {"prodimages": private}
    found, failed = doctor()
    assert failed
    assert found["storage"][0]["level"] == "problem"


@pytest.mark.usefixtures("_worker")
def test_no_style_is_a_problem():
    Style.objects.all().delete()
    found, failed = doctor()
    assert failed
    assert found["styles"][0]["level"] == "problem"


@pytest.mark.usefixtures("_worker")
def test_a_broker_that_is_down_is_a_warning_only(monkeypatch):
    from prodimages.tasks import run_queue

    # This order, because the second name answers with the first one while it is not set.
    monkeypatch.setattr(run_queue.app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(run_queue.app.conf, "broker_url", "redis://127.0.0.1:1/0")
    found, failed = doctor()
    assert not failed
    assert found["broker"][0]["level"] == "warning"


@pytest.mark.usefixtures("_worker")
def test_a_misspelled_setting_is_a_problem(settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"ENGINE": {}}
    found, failed = doctor()
    assert failed
    assert any("E001" in finding["text"] for finding in found["settings"])


def test_doctor_asks_each_outside_shop(settings):
    with serving(FakeShopify()) as remote:
        options = {
            "URL": remote.url,
            "TOKEN": "token",
            "SECRETS": ["s"],
            "ALLOW_HOSTS": [remote.host],
        }
        backend = "shop_integration.platforms.shopify.ShopifyShop"
        settings.PRODIMAGES = settings.PRODIMAGES | {
            "SHOPS": {"boots": {"BACKEND": backend, "OPTIONS": options}}
        }
        finding, *_rest = doctor()[0]["shops"]
        assert finding["text"] == "boots answers, and its token has the rights"
        remote.scopes.remove("write_files")
        found, failed = doctor()
    assert failed
    assert "boots: Give the app the scopes write_files" in found["shops"][0]["text"]
