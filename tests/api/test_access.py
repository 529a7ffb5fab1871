"""Who gets in, how far, and how often."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client

from prodimages.choices import ImageState, Scope
from prodimages.models import ApiSecret, GeneratedImage, GenerationJob
from prodimages.services import api_keys, rates
from tests.api.conftest import Api, api_for
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_job, make_product, make_style, picture_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]

GENERATIONS = "/api/v1/generations/"


def test_nobody_gets_in_without_a_valid_key(client):
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic eDp4"},
        {"Authorization": "Bearer é"},
    ):
        response = client.get(GENERATIONS, headers=headers)
        assert response.status_code == 401, headers
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"


def test_a_revoked_key_and_an_ended_secret_get_nothing(api):
    assert api.see("styles/").status_code == 200
    key = ApiSecret.objects.get().key
    api_keys.rotate(key, overlap=-api_keys.OVERLAP)
    assert api.see("styles/").status_code == 401
    api = Api(api_keys.add_secret(key))
    assert api.see("styles/").status_code == 200
    api_keys.revoke(key)
    assert api.see("styles/").status_code == 401


@pytest.mark.parametrize(
    "method, path, scope",
    [
        ("get", "generations/", Scope.GENERATIONS_READ),
        ("post", "generations/", Scope.GENERATIONS_WRITE),
        ("post", "generations/bulk/", Scope.GENERATIONS_WRITE),
        ("get", "generations/{job}/", Scope.GENERATIONS_READ),
        ("post", "generations/{job}/cancel/", Scope.GENERATIONS_WRITE),
        ("post", "generations/{job}/retry/", Scope.GENERATIONS_WRITE),
        ("get", "images/", Scope.IMAGES_READ),
        ("get", "images/{image}/", Scope.IMAGES_READ),
        ("get", "images/{image}/file/", Scope.IMAGES_READ),
        ("get", "images/{image}/thumbnail/", Scope.IMAGES_READ),
        ("post", "images/{image}/approve/", Scope.IMAGES_REVIEW),
        ("post", "images/{image}/reject/", Scope.IMAGES_REVIEW),
        ("post", "images/{image}/publish/", Scope.IMAGES_PUBLISH),
        ("get", "products/x/images/", Scope.IMAGES_READ),
        ("get", "styles/", Scope.STYLES_READ),
    ],
)
def test_each_operation_asks_for_its_scope(method, path, scope):
    job = make_job()
    image = GeneratedImage.objects.create(job=job, index=0, **picture_details())
    path = "/api/v1/" + path.format(job=job.pk, image=image.pk)

    def status(client: Client) -> int:
        extra = {"content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(path, {}, **extra).status_code

    without = api_for(scopes=[one for one in Scope if one != scope])
    assert status(without) == 403
    assert status(api_for(scopes=[scope])) not in {401, 403}


def test_another_shop_s_rows_are_not_there():
    job = make_job()
    image = GeneratedImage.objects.create(job=job, index=0, **picture_details())
    elsewhere = api_for(shop="elsewhere")
    for path in (f"generations/{job.pk}/cancel/", f"images/{image.pk}/approve/"):
        assert elsewhere.act(path).status_code == 404
    assert elsewhere.see(f"images/{image.pk}/file/").status_code == 404
    assert elsewhere.see("generations/").json()["results"] == []
    assert elsewhere.see("images/").json()["results"] == []
    assert elsewhere.see("styles/").json() == []
    assert GenerationJob.objects.get().state == "queued"
    assert GeneratedImage.objects.get().state == ImageState.PENDING


@pytest.fixture
def staff(db) -> Client:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_generationjob"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def test_staff_use_their_session_with_their_permissions_and_the_csrf_token(staff):
    assert staff.get(GENERATIONS).status_code == 200
    assert staff.get("/api/v1/images/").status_code == 403
    wishes = {"product": make_product().sku, "style": make_style().slug}
    refused = staff.post(GENERATIONS, wishes, "application/json")
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    staff.get("/api/v1/docs/")
    headers = {"X-CSRFToken": staff.cookies["csrftoken"].value}
    assert staff.post(GENERATIONS, wishes, "application/json", headers=headers).status_code == 403
    user = User.objects.get()
    user.user_permissions.add(Permission.objects.get(codename="add_generationjob"))
    made = staff.post(GENERATIONS, wishes, "application/json", headers=headers)
    assert made.status_code == 202, made.content
    job = GenerationJob.objects.get()
    assert job.submission.created_by == user
    assert (job.submission.client, job.submission.api_key) == (f"user:{user.pk}", None)


def test_shoppers_and_unknown_shops_are_refused(staff, client):
    client.force_login(User.objects.create_user("shopper"))
    assert client.get(GENERATIONS).status_code == 403
    response = staff.get(GENERATIONS, {"shop": "none"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "shop")


def test_requests_over_the_rate_are_told_when(settings):
    settings.PRODIMAGES = FLAT | {"API_RATES": {"read": "2/day", "write": None}}
    api = api_for()
    assert [api.see("styles/").status_code for _number in range(3)] == [200, 200, 429]
    refused = api.see("styles/")
    assert 0 < int(refused["Retry-After"]) <= 86400
    assert refused.json()["type"] == "urn:prodimages:problem:throttled"
    assert api.order({}).status_code == 400  # writes are counted apart
    assert api_for().see("styles/").status_code == 200  # and so is each key


def test_racing_requests_are_counted_exactly_in_an_atomic_cache(settings):
    settings.PRODIMAGES = FLAT | {"API_RATES": {"read": "10/day"}}
    cache.clear()
    waits = at_once(40, lambda number: rates.wait_for("read", "key:1"))
    assert waits.count(None) == 10, waits


def test_a_cache_that_is_down_lets_requests_through(settings, monkeypatch):
    settings.PRODIMAGES = FLAT | {"API_CACHE": "gone"}
    assert rates.wait_for("read", "key:1") is None


@pytest.mark.parametrize("rate", ["", "10", "0/minute", "10/min", "-1/hour", "1/day\n"])
def test_rates_that_are_none_are_refused(rate):
    with pytest.raises(ValueError):
        rates.parse_rate(rate)


def test_other_methods_are_refused_in_words(api):
    for method in ("put", "patch", "delete", "options"):
        response = getattr(api, method)(GENERATIONS)
        assert response.status_code == 405
        assert response.json()["title"] == "Method Not Allowed"
        assert response["Allow"] == "GET, HEAD, POST"
