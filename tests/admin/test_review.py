from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from prodimages.choices import ImageState, Reason
from prodimages.exceptions import ProdimagesError
from prodimages.models import GeneratedImage
from prodimages.storage import private_storage
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.catalogue.shop import CatalogueShop
from tests.admin.helpers import finished_job, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
GRID = "admin:prodimages_generatedimage_changelist"


@pytest.fixture
def job():
    return finished_job(count=3)


@pytest.fixture
def decide(boss_client):
    def post(**data):
        address = reverse("admin:prodimages_generatedimage_review")
        return boss_client.post(address, data, follow=True)

    return post


def text(response) -> str:
    return response.content.decode()


def states(job) -> list[str]:
    return list(job.images.order_by("index").values_list("state", flat=True))


def test_approving_publishes_to_the_products_media(job, decide, boss):
    image = job.images.first()
    response = decide(approve=image.pk, next=reverse(GRID))
    assert "1 picture was approved and published." in text(response)
    image.refresh_from_db()
    assert (image.state, image.reviewed_by) == (ImageState.PUBLISHED, boss)
    media = ProductMedia.objects.generated().get(product=job.product)
    assert media.file.size > 0
    assert response.redirect_chain[0][0] == reverse(GRID) + f"#picture-{image.pk}"
    assert LogEntry.objects.get().change_message == "approve"


def test_approving_twice_publishes_once(job, decide):
    image = job.images.first()
    decide(approve=image.pk)
    assert "is published already" in text(decide(approve=image.pk))
    assert published(job.product) == 1


def test_rejecting_keeps_the_reason(job, decide):
    image = job.images.last()
    fields = {f"code-{image.pk}": "light", f"reason-{image.pk}": " shadow looks wrong "}
    said = text(decide(reject=image.pk, **fields))
    image.refresh_from_db()
    assert (image.state, image.reject_code) == (ImageState.REJECTED, Reason.LIGHT)
    assert image.reject_reason == "shadow looks wrong"
    assert "light or view does not match: shadow looks wrong" in said


@pytest.mark.parametrize("code", ["", "ugly", "light,cut"])
def test_rejecting_asks_for_one_of_the_reasons(job, decide, code):
    image = job.images.last()
    assert "choose a reason" in text(decide(reject=image.pk, **{f"code-{image.pk}": code}))
    assert states(job) == ["pending"] * 3


def test_all_pictures_of_a_job_at_once(job, decide):
    first = job.images.first()
    decide(reject=first.pk, **{f"code-{first.pk}": "other"})
    assert "2 pictures were approved and published." in text(decide(approve_all=job.pk))
    assert sorted(states(job)) == ["published", "published", "rejected"]
    other = finished_job(count=2)
    decide(reject_all=other.pk, code="style", reason="no")
    assert states(other) == ["rejected", "rejected"]
    assert published(other.product) == 0


def test_a_picture_that_changed_the_product_cant_be_approved(job, decide, boss_client):
    image = job.images.first()
    GeneratedImage.objects.filter(pk=image.pk).update(passed=False)
    said = text(decide(approve=image.pk))
    assert "it can&#x27;t be approved" in said
    decide(approve_all=job.pk)
    image.refresh_from_db()
    assert image.state == ImageState.PENDING
    page = reverse("admin:prodimages_generationjob_change", args=[job.pk])
    assert f'name="approve" value="{image.pk}"' not in text(boss_client.get(page))


def test_a_shop_that_does_not_take_the_picture_is_shown_and_tried_again(
    job, decide, boss_client, monkeypatch
):
    def refuse(self, product, picture):
        raise ProdimagesError("The shelf is full.")

    image = job.images.first()
    with monkeypatch.context() as broken:
        broken.setattr(CatalogueShop, "publish", refuse)
        assert "The shelf is full." in text(decide(approve=image.pk))
    image.refresh_from_db()
    assert (image.state, image.publish_error) == (ImageState.APPROVED, "The shelf is full.")
    page = text(boss_client.get(reverse("admin:prodimages_generationjob_change", args=[job.pk])))
    assert "Publishing failed:" in page
    assert "Publish again" in page
    decide(publish=image.pk)
    assert published(job.product) == 1


def test_a_query_that_fails_in_the_shop_is_a_reason_like_any_other(job, decide, monkeypatch):
    def collide(self, product, picture):
        for _twice in range(2):
            Product.objects.create(sku="twin", slug="twin", name="Twin")

    image = job.images.first()
    monkeypatch.setattr(CatalogueShop, "publish", collide)
    assert "did not take picture" in text(decide(approve=image.pk))  # inside a transaction
    image.refresh_from_db()
    assert image.state == ImageState.APPROVED
    assert image.publish_error
    assert not Product.objects.filter(sku="twin").exists()


def test_unpublishing_takes_the_picture_out_of_the_shop(job, decide, monkeypatch):
    image = job.images.first()
    decide(approve=image.pk)
    with monkeypatch.context() as broken:
        broken.setattr(CatalogueShop, "unpublish", lambda *args: 1 / 0)
        assert "did not give picture" in text(decide(unpublish=image.pk))
    assert published(job.product) == 1
    decide(unpublish=image.pk)
    assert published(job.product) == 0


def test_htmx_gets_the_one_card_with_what_happened(job, boss_client):
    image = job.images.first()
    response = boss_client.post(
        reverse("admin:prodimages_generatedimage_review"),
        {"approve": image.pk},
        headers={"HX-Request": "true"},
    )
    card = text(response)
    assert card.count("<article") == 1
    assert "<html" not in card
    assert "1 picture was approved and published." in card
    assert "Unpublish" in card
    # ... and it is not said once more on the next page.
    assert "was approved" not in text(boss_client.get(reverse(GRID)))


@pytest.mark.parametrize(
    "data", [{}, {"approve": "abc"}, {"approve": "9" * 30}, {"drop": "1"}, {"reject_all": "0"}]
)
def test_odd_decisions_find_nothing(decide, data):
    assert decide(**data).status_code == 404


def test_actions_on_the_grid(job, boss_client):
    first, second, third = job.images.order_by("index")
    for action, image in (("approve_images", first), ("reject_images", second)):
        data = {"action": action, "_selected_action": image.pk, "code": "style"}
        boss_client.post(reverse(GRID), data)
    assert states(job) == ["published", "rejected", "pending"]
    assert third.state == ImageState.PENDING


def test_rejecting_many_asks_for_the_reason_once(job, boss_client):
    keys = [image.pk for image in job.images.all()]
    data = {"action": "reject_images", "_selected_action": keys}
    said = boss_client.post(reverse(GRID), data, follow=True)
    assert "choose a reason" in text(said)
    assert states(job) == ["pending"] * 3
    boss_client.post(reverse(GRID), data | {"code": "contrast"})
    assert set(job.images.values_list("state", "reject_code")) == {("rejected", "contrast")}


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_undo_puts_the_picture_back_and_takes_it_out_of_the_shop(job, decide, decision):
    image = job.images.first()
    decide(**{decision: image.pk, f"code-{image.pk}": "edge"})
    image.refresh_from_db()
    said = text(decide(undo=image.pk, decided=image.reviewed_at.isoformat()))
    assert "1 picture is to review again." in said
    image.refresh_from_db()
    assert (image.state, image.reviewed_by) == (ImageState.PENDING, None)
    assert published(job.product) == 0


@pytest.mark.parametrize("decided", ["", "yesterday", "2026-02-31T00:00Z", "2020-01-01T00:00:00"])
def test_undo_of_another_decision_changes_nothing(job, decide, decided):
    image = job.images.first()
    decide(approve=image.pk)
    assert "nothing was undone" in text(decide(undo=image.pk, decided=decided))
    image.refresh_from_db()
    assert image.state == ImageState.PUBLISHED
    assert published(job.product) == 1


def test_grid_by_reason_and_with_the_worst_first(job, boss_client):
    first, second, third = job.images.order_by("index")
    for image, reasons, severity in ((first, ",words,", 1), (second, ",cut,edge,", 7)):
        GeneratedImage.objects.filter(pk=image.pk).update(reasons=reasons, severity=severity)

    def shown(**query) -> list[int]:
        page = boss_client.get(reverse(GRID), query)
        return [card.image.pk for card in page.context["cards"]]

    assert shown(reason="edge") == [second.pk]
    assert shown(reason="ed") == []
    assert shown(order="worst") == [second.pk, first.pk, third.pk]
    assert shown(order="best") == [third.pk, first.pk, second.pk]
    assert shown() == [third.pk, second.pk, first.pk]
    assert "product cut off" in text(boss_client.get(reverse(GRID)))


def test_styles_tell_how_often_and_why_they_were_rejected(
    job, decide, boss_client, django_assert_max_num_queries
):
    for image, code in zip(job.images.all(), ("edge", "edge", "style"), strict=True):
        decide(reject=image.pk, **{f"code-{image.pk}": code})
    with django_assert_max_num_queries(8):
        page = text(boss_client.get(reverse("admin:prodimages_style_changelist")))
    counted = "3: edge of the cut-out 2, wrong style 1"
    assert counted in page
    change = reverse("admin:prodimages_style_change", args=[job.style_id])
    assert counted in text(boss_client.get(change))
    assert boss_client.get(reverse("admin:prodimages_style_add")).status_code == 200


def test_grid_filters_and_counts_its_queries(job, boss_client, django_assert_max_num_queries):
    finished_job(count=3)
    remarked, failed, clean = job.images.order_by("index")
    GeneratedImage.objects.update(fidelity={"checks": []})
    remark = {"checks": [{"code": "enlarged", "message": "Enlarged twice.", "value": 2}]}
    GeneratedImage.objects.filter(pk=remarked.pk).update(fidelity=remark)
    GeneratedImage.objects.filter(pk=failed.pk).update(passed=False)
    with django_assert_max_num_queries(8):
        page = text(boss_client.get(reverse(GRID)))
    assert page.count("<article") == 6
    assert "Enlarged twice." in page

    def shown(query: str) -> set[int]:
        response = boss_client.get(reverse(GRID) + query)
        return {card.image.pk for card in response.context["cards"]}

    assert shown("?checks=remarks") == {remarked.pk}
    assert shown("?checks=failed") == {failed.pk}
    assert clean.pk in shown("?checks=clean")
    assert shown("?state__exact=published") == set()


def test_files_are_served_privately(job, boss_client, client_with):
    image = job.images.first()
    photo = job.photo
    addresses = {
        reverse("admin:prodimages_generatedimage_file", args=[image.pk]): image.mime,
        reverse("admin:prodimages_generatedimage_thumbnail", args=[image.pk]): image.mime,
        reverse("admin:prodimages_sourcephoto_file", args=[photo.pk]): "image/png",
        reverse("admin:prodimages_sourcephoto_thumbnail", args=[photo.pk]): "image/jpeg",
        reverse("admin:prodimages_sourcephoto_preview", args=[photo.pk]): "image/jpeg",
    }
    outsider = client_with("prodimages.view_generationjob")
    for address, mime in addresses.items():
        response = boss_client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == mime
        assert "private" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert image.file.name not in str(response.headers)
        assert outsider.get(address).status_code == 403


def test_missing_files_and_rows_are_404(job, boss_client):
    image = job.images.first()
    private_storage().delete(image.file.name)
    private_storage().delete(job.photo.file.name)
    for name, key in (
        ("generatedimage_file", image.pk),
        ("generatedimage_file", 10**30),
        ("sourcephoto_file", job.photo.pk),
        ("sourcephoto_thumbnail", job.photo.pk),
        ("sourcephoto_preview", 0),
    ):
        assert boss_client.get(reverse(f"admin:prodimages_{name}", args=[key])).status_code == 404


def test_a_pictures_page_is_its_place_on_the_jobs_page(job, boss_client):
    image = job.images.first()
    address = reverse("admin:prodimages_generatedimage_change", args=[image.pk])
    assert boss_client.get(address)["Location"].endswith(f"/{job.pk}/change/#picture-{image.pk}")
