"""The description is current and true: no request that it allows is answered with a 5xx."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from prodimages.models import GeneratedImage, GenerationJob
from tests.api.conftest import api_for
from tests.conftest import FLAT
from tests.factories import make_job, make_product, make_style, picture_details

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "reference" / "openapi.yaml"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
DOCUMENT = yaml.safe_load(FILE.read_text())
OPERATIONS = [
    (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
]


def test_the_committed_description_is_current():
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "openapi.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr


def test_the_description_and_its_page_are_served_without_a_cdn(client, db):
    served = client.get("/api/v1/openapi.json").json()
    assert served["paths"] == DOCUMENT["paths"]
    assert served["servers"] == [{"url": "/api/v1"}]
    page = client.get("/api/v1/docs/").content.decode()
    assert 'data-openapi="/api/v1/openapi.json"' in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script>" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method, path", OPERATIONS)
@pytest.mark.parametrize("sound", [True, False], ids=["sound", "broken"])
def test_no_request_fails(method, path, sound, settings):
    settings.PRODIMAGES = FLAT | {"API_RATES": {}}
    product = make_product(sku="mug")
    make_job(product, make_style(slug="table"))
    GeneratedImage.objects.create(job=make_job(product), index=0, **picture_details())
    api = api_for()
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = _from_this_machine(get_wsgi_application())
    _try(schema[path][method], api.defaults["HTTP_AUTHORIZATION"], sound)


def _from_this_machine(app):
    """The demo answers nobody else."""
    return lambda environ, start: app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)


def _try(operation, authorization: str, sound: bool) -> None:
    """Requests that the description allows get answers that it has; no other breaks anything."""
    modes = schemathesis.GenerationMode
    mode, checks = (modes.POSITIVE, CHECKS) if sound else (modes.NEGATIVE, [not_a_server_error])
    strategy = operation.as_strategy(generation_mode=mode)

    @bounds(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case):
        case.headers["Authorization"] = authorization
        response = case.call(base_url="http://localhost/api/v1")
        case.validate_response(response, checks=checks)

    run()


def _of_one_row() -> list[tuple[str, str]]:
    """But those of the storefront, which are anybody's and know no keys."""
    own = [(method, path) for method, path in OPERATIONS if not path.startswith("/storefront/")]
    return [(method, path) for method, path in own if "{" in path]


@pytest.mark.django_db
@pytest.mark.usefixtures("flat")
@pytest.mark.parametrize(("method", "path"), _of_one_row())
def test_no_operation_reaches_a_row_of_another_shop(method, path, settings):
    settings.PRODIMAGES = FLAT | {"SHOPS": FLAT["SHOPS"] | {"elsewhere": FLAT["SHOPS"]["local"]}}
    product = make_product()
    job = make_job(product=product)
    image = GeneratedImage.objects.create(job=job, index=0, **picture_details())
    row = image if path.startswith("/images/") else job
    place = path.format(id=row.pk, product=product.sku)
    before = list(GenerationJob.objects.values()), list(GeneratedImage.objects.values())
    foreign = api_for(shop="elsewhere").generic(
        method,
        f"/api/v1{place}",
        b'{"reason": "other"}' if "reject" in path else b"",
        content_type="application/json",
    )
    if path.startswith("/products/"):
        # A site's own products are of all its shops; the pictures are not.
        assert foreign.json()["results"] == []
    else:
        assert foreign.status_code == 404, foreign.content
    after = list(GenerationJob.objects.values()), list(GeneratedImage.objects.values())
    assert after == before
