"""Pictures through the API: seen, downloaded, reviewed and published."""

from __future__ import annotations

import pytest

from prodimages.choices import ImageState
from prodimages.models import GeneratedImage
from prodimages.services import publishing
from prodimages.storage import private_storage
from tests.factories import make_job
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


@pytest.fixture
def image() -> GeneratedImage:
    run_to_the_end(make_job(count=2))
    return GeneratedImage.objects.earliest("pk")


def test_a_picture_and_its_files(api, image):
    answer = api.see(f"images/{image.pk}/").json()
    assert (answer["id"], answer["state"], answer["index"]) == (image.pk, "pending", 0)
    assert answer["product"]["name"] == image.job.product_label
    assert answer["style"] == image.job.style.slug
    with private_storage().open(image.file.name) as file:
        content = file.read()
    for name, accept in (("file", "image/*"), ("thumbnail", "image/jpeg")):
        response = api.get(answer[name], headers={"Accept": accept})
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert "private" in response["Cache-Control"]
        body = b"".join(response.streaming_content)
        assert body.startswith(b"\xff\xd8")
        assert (body == content) is (name == "file")
    assert image.file.name not in str(answer)


def test_a_file_that_is_gone_is_said_to_be(api, image):
    private_storage().delete(image.file.name)
    assert api.see(f"images/{image.pk}/file/").status_code == 404


def test_from_review_to_the_shop(api, image):
    assert api.act(f"images/{image.pk}/publish/").status_code == 409
    answer = api.act(f"images/{image.pk}/approve/").json()
    assert answer["state"] == "approved"
    image.refresh_from_db()
    assert image.reviewed_through.name == "ERP"
    assert image.reviewed_by is None
    response = api.act(f"images/{image.pk}/publish/")
    assert (response.status_code, response.json()["state"]) == (200, "published")
    again = api.act(f"images/{image.pk}/publish/")
    assert again.json()["published_ref"] == response.json()["published_ref"]
    assert image.product.media.generated().count() == 1
    assert api.act(f"images/{image.pk}/reject/", {"reason": "edge"}).status_code == 409


def test_a_shop_elsewhere_is_told_later(api, image, monkeypatch):
    api.act(f"images/{image.pk}/approve/")
    monkeypatch.setattr(publishing, "publish", lambda image: "")
    response = api.act(f"images/{image.pk}/publish/")
    assert (response.status_code, response.json()["state"]) == (202, "approved")


def test_a_shop_that_fails_is_said_to(api, image, monkeypatch):
    api.act(f"images/{image.pk}/approve/")
    shop = publishing.shop_backend("local")
    monkeypatch.setattr(type(shop), "publish", lambda *args: (_ for _ in ()).throw(OSError("x")))
    api.raise_request_exception = False
    response = api.act(f"images/{image.pk}/publish/")
    assert response.status_code == 502
    assert "did not take picture" in response.json()["detail"]


def test_rejecting_names_a_listed_reason(api, image):
    wrong = api.act(f"images/{image.pk}/reject/", {"reason": "ugly"})
    assert wrong.json()["errors"][0]["field"] == "reason"
    answer = api.act(f"images/{image.pk}/reject/", {"reason": "edge", "note": "Look left."}).json()
    assert (answer["state"], answer["reject_code"]) == ("rejected", "edge")
    assert answer["reject_note"] == "Look left."


def test_what_failed_its_checks_is_not_approved(api, image):
    GeneratedImage.objects.update(passed=False)
    response = api.act(f"images/{image.pk}/approve/")
    assert response.status_code == 409
    assert "beyond the bounds" in response.json()["detail"]


def test_lists_cost_a_fixed_number_of_queries(api, image, django_assert_max_num_queries):
    for _number in range(3):
        run_to_the_end(make_job(count=2))
    with django_assert_max_num_queries(3):
        assert len(api.see("images/").json()["results"]) == 8
    assert len(api.see("images/", generation=image.job_id).json()["results"]) == 2
    assert api.see("images/", state=ImageState.REJECTED).json()["results"] == []
    product = image.product.sku
    assert len(api.see("images/", product=product).json()["results"]) == 2
    assert len(api.see(f"products/{product}/images/").json()["results"]) == 2
    for nothing in ("none", "%00"):
        assert api.see(f"products/{nothing}/images/").status_code == 404


def test_styles_are_the_active_ones_of_the_shop(api, image):
    slugs = [style["slug"] for style in api.see("styles/").json()]
    assert image.job.style.slug in slugs
