"""Orders through the API: one, many, repeated, raced, refused, canceled and made again."""

from __future__ import annotations

import pytest

from prodimages.models import Budget, GenerationJob, Style, Submission
from tests.api.conftest import Api, api_for
from tests.concurrency import at_once
from tests.factories import make_product, make_style
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


def body(**values):
    return {"product": make_product().sku, "style": make_style().slug} | values


def test_an_order_is_accepted_with_its_address(api):
    response = api.order(body(count=2, seed=7, overrides={"scale": 1.2}))
    assert response.status_code == 202, response.content
    job = GenerationJob.objects.get()
    assert response["Location"] == f"http://testserver/api/v1/generations/{job.pk}/"
    answer = response.json()
    assert answer["id"] == job.pk
    assert (answer["state"], answer["count"], answer["made"], answer["seed"]) == ("queued", 2, 0, 7)
    assert job.plan["placement"] == {"scale": 1.2}
    assert job.submission.client.startswith("key:")
    assert job.submission.api_key.name == "ERP"


def test_polling_says_when_to_look_again_until_it_has_ended(api):
    api.order(body(count=2))
    job = GenerationJob.objects.get()
    assert api.see(f"generations/{job.pk}/")["Retry-After"] == "2"
    run_to_the_end(job)
    response = api.see(f"generations/{job.pk}/")
    assert "Retry-After" not in response
    answer = response.json()
    assert (answer["state"], answer["made"], answer["progress"]) == ("succeeded", 2, 1)
    assert [image["index"] for image in answer["images"]] == [0, 1]


def test_the_same_key_and_body_is_the_same_job(api):
    wishes = body()
    first, again = api.order(wishes, key="a"), api.order(dict(reversed(wishes.items())), key="a")
    assert first.json()["id"] == again.json()["id"]
    assert first["Location"] == again["Location"]
    assert GenerationJob.objects.count() == 1
    other = api.order(wishes | {"count": 2}, key="a")
    assert other.status_code == 409
    assert other.json()["type"] == "urn:prodimages:problem:idempotency_conflict"
    assert api_for(name="other").order(wishes, key="a").status_code == 202
    assert GenerationJob.objects.count() == 2


def test_a_repeat_gets_its_answer_when_the_style_has_gone(api):
    wishes = body()
    first = api.order(wishes, key="a")
    Style.objects.update(is_active=False)
    assert api.order(wishes, key="a").json()["id"] == first.json()["id"]
    assert api.order(wishes, key="b").status_code == 400


def test_racing_repeats_are_one_job():
    secret = api_for().defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    wishes = body()
    answers = at_once(8, lambda number: Api(secret).order(wishes, key="a"))
    assert {answer.status_code for answer in answers} == {202}, answers
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert GenerationJob.objects.count() == 1


def test_racing_orders_stay_within_the_budget():
    Budget.objects.create(shop="local", pictures=5)
    secret = api_for().defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    wishes = body(count=2)
    answers = at_once(6, lambda number: Api(secret).order(wishes))
    assert sorted(answer.status_code for answer in answers) == [202, 202, 429, 429, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["type"] == "urn:prodimages:problem:budget_spent"
    assert "the order needs 2 pictures, 1 of 5 are left" in refused.json()["detail"]
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert GenerationJob.objects.count() == 2


@pytest.mark.parametrize(
    "wrong, field, words",
    [
        ({"colour": "red"}, "colour", "no such field"),
        ({"product": "none"}, "product", "none of these products"),
        ({"style": "none"}, "style", "no such style"),
        ({"count": 99}, "count", "Between 1 and 8"),
        ({"count": 0}, "count", "greater than or equal to 1"),
        ({"seed": -1}, "seed", "greater than or equal to 0"),
        ({"overrides": {"scale": 9}}, "overrides.scale", "less than or equal to 2"),
        ({"overrides": {"tilt": 1}}, "overrides.tilt", "no such field"),
        ({"product": "a\0b"}, "product", "Null characters"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_field(api, wrong, field, words):
    response = api.order(body() | wrong)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert words in error["detail"]
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "raw, kind, status",
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"count": NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'"' + b"x" * 1_100_000 + b'"', "application/json", 413),
    ],
)
def test_bodies_that_are_none_are_refused_in_words(api, raw, kind, status):
    response = api.post("/api/v1/generations/", raw, kind)
    assert response.status_code == status, response.content[:300]
    assert response.json()["detail"]


def test_a_bad_idempotency_key_is_named():
    response = api_for().order(body(), key="x" * 201)
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


def test_many_products_get_one_answer_with_a_result_for_each(api):
    good, bare, style = make_product(), make_product(photo=None), make_style()
    wishes = {"products": [good.sku, str(good.pk), bare.sku, "none"], "style": style.slug}
    response = api.order(wishes, key="k", path="generations/bulk/")
    assert response.status_code == 202, response.content
    job = GenerationJob.objects.get()
    answer = response.json()
    assert answer["generations"] == 1
    assert [result["generations"] for result in answer["results"]] == [[job.pk], [job.pk], [], []]
    errors = [result["error"] for result in answer["results"]]
    assert errors[:2] == [None, None]
    assert errors[2:] == ["The product has no photo yet.", "The shop has no such product."]
    assert api.order(wishes, key="k", path="generations/bulk/").json() == answer
    listed = api.get(response["Location"]).json()["results"]
    assert [row["id"] for row in listed] == [job.pk]


def test_a_thousand_products_cost_few_queries(api, django_assert_max_num_queries):
    products = [make_product() for _number in range(30)]
    style = make_style()
    wishes = {"products": [product.sku for product in products], "style": style.slug}
    with django_assert_max_num_queries(30):
        assert api.order(wishes, path="generations/bulk/").json()["generations"] == 30
    too_many = {"products": ["x"] * 1001, "style": style.slug}
    assert api.order(too_many, path="generations/bulk/").status_code == 400


def test_cancel_and_retry(api):
    api.order(body())
    job = GenerationJob.objects.get()
    assert api.act(f"generations/{job.pk}/cancel/").json()["state"] == "canceled"
    refused = api.act(f"generations/{job.pk}/cancel/")
    assert (refused.status_code, refused.json()["status"]) == (409, 409)
    assert api.act(f"generations/{job.pk}/retry/").json()["state"] == "queued"
    run_to_the_end(job)
    assert api.act(f"generations/{job.pk}/retry/").status_code == 409
    assert api.act(f"generations/{job.pk}/cancel/", {"now": True}).status_code == 400


def test_lists_are_paged_and_narrowed_in_a_fixed_number_of_queries(
    api, django_assert_max_num_queries
):
    wishes = body(count=2)
    for number in range(7):
        api.order(wishes | {"seed": number})
    newest = GenerationJob.objects.order_by("-pk")
    run_to_the_end(newest[6])
    with django_assert_max_num_queries(4):
        page = api.see("generations/", page_size=3).json()
    assert [row["id"] for row in page["results"]] == [job.pk for job in newest[:3]]
    following = api.get(page["next"]).json()
    assert [row["id"] for row in following["results"]] == [job.pk for job in newest[3:6]]
    assert len(api.see("generations/", state="succeeded").json()["results"]) == 1
    assert len(api.see("generations/", state=["succeeded", "queued"]).json()["results"]) == 7
    assert len(api.see("generations/", product=wishes["product"]).json()["results"]) == 7
    assert api.see("generations/", product="none").json()["results"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"stat": "queued"},
        {"state": "sleeping"},
        {"page_size": "0"},
        {"page_size": "201"},
        {"cursor": "x"},
        {"cursor": "cD1hYmM="},
        {"cursor": "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
        {"submission": "1e400"},
        {"submission": "NaN"},
        {"created_after": "yesterday"},
        {"created_after": "0001-01-01T00:00:00+23:00"},
        {"product": "\0"},
        {"shop": "elsewhere"},
    ],
)
def test_queries_that_make_no_sense_are_refused_with_their_name(api, query):
    response = api.see("generations/", **query)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["field"] == next(iter(query))


def test_a_moment_may_have_any_offset(api):
    for moment in ("2026-03-23T16:30:04-22:02", "5043-08-15T21:23:27+18:03"):
        assert api.see("generations/", created_before=moment).status_code == 200


@pytest.mark.parametrize("field", ["count", "seed", "size"])
def test_numbers_of_a_thousand_digits_are_refused_in_words(api, field):
    for number in (10**900, -(10**900)):
        response = api.order(body(**{field: number}))
        assert response.status_code == 400, response.content
        assert response.json()["errors"][0]["field"] == field
    assert not Submission.objects.exists()


def test_an_error_of_a_whole_part_names_the_part(api):
    errors = api.order(body(overrides=[])).json()["errors"]
    assert [error["field"] for error in errors] == ["overrides"]


def test_a_deed_takes_no_fields(api):
    response = api.act("generations/1/cancel/", {"state": "succeeded"})
    assert response.status_code == 400
    assert response.json()["detail"] == "There is no such field; none is known here."
