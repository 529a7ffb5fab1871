"""What is true inside an Oscar shop; ``test_oscar`` runs these in a process of that shop."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model
from PIL import Image

from prodimages.choices import ImageState, JobState
from prodimages.models import GenerationJob, Style, StyleRule
from prodimages.services import publishing, review
from prodimages.services.execution import run_next
from prodimages.shops.registry import shop_backend
from shop_integration.platforms.oscar.receivers import order_first_pictures
from shop_integration.platforms.oscar.shop import CODE

Category: Any = get_model("catalogue", "Category")
Product: Any = get_model("catalogue", "Product")
ProductClass: Any = get_model("catalogue", "ProductClass")
ProductImage: Any = get_model("catalogue", "ProductImage")

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def photo() -> ContentFile:
    """A red disk that is cut out already, as PNG."""
    y, x = np.mgrid[:400, :400]
    rgba = np.zeros((400, 400, 4), np.uint8)
    rgba[..., 0] = 180
    rgba[..., 3] = (np.hypot(x - 200, y - 200) < 150) * 255
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return ContentFile(file.getvalue(), name="photo.png")


def mug(**fields: Any) -> Any:
    kind, _ = ProductClass.objects.get_or_create(name="Mug")
    if not kind.attributes.exists():
        kind.attributes.create(name="Color", code="color", type="text")
        kind.attributes.create(name="Width", code="width_cm", type="float")
    product = Product(title="Stoneware mug", upc="MUG-1", product_class=kind, **fields)
    product.attr.color = "sage"
    product.attr.width_cm = 8.5
    product.save()
    product.categories.add(create_from_breadcrumbs("Kitchen > Mugs"))
    return product


def rule(**fields: Any) -> StyleRule:
    rule = StyleRule.objects.create(name="all", **fields)
    rule.styles.add(Style.objects.get(slug="white-packshot"))
    return rule


def staff(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_superuser("boss", "b@x.org", "pw"))


def test_the_site_is_sound() -> None:
    call_command("check", fail_level="ERROR", databases=["default"])
    call_command("makemigrations", "prodimages", check=True, dry_run=True)


def test_a_product_is_described_by_oscars_own_data() -> None:
    info = shop_backend("local").describe(mug())

    assert (info.name, info.sku, info.product_type) == ("Stoneware mug", "MUG-1", "Mug")
    assert (info.category, info.color, info.width_cm) == ("Kitchen/Mugs", "sage", 8.5)


def test_the_first_photo_orders_the_first_pictures_once() -> None:
    rule()
    product = mug()
    assert not GenerationJob.objects.exists()

    ProductImage.objects.create(product=product, original=photo())
    ProductImage.objects.create(product=product, original=photo(), display_order=1)
    product.title = "Another name"
    product.save()

    (job,) = GenerationJob.objects.all()
    assert job.product_id == product.pk
    assert job.chosen_by == "all"


def test_a_rolled_back_product_orders_nothing() -> None:
    rule()

    with transaction.atomic():
        ProductImage.objects.create(product=mug(), original=photo())
        transaction.set_rollback(True)

    assert not GenerationJob.objects.exists()


def test_photos_saved_at_the_same_time_order_once() -> None:
    rule()
    product = mug()
    with transaction.atomic():
        ProductImage.objects.create(product=product, original=photo())
        GenerationJob.objects.all().delete()

    def again() -> None:
        order_first_pictures(product.pk)
        connection.close()

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert GenerationJob.objects.count() == 1


def test_an_approved_picture_becomes_an_image_once_and_leaves_again() -> None:
    rule()
    product = mug()
    own = ProductImage.objects.create(product=product, original=photo())
    while run_next(["prodimages"]):
        pass
    job = GenerationJob.objects.get()
    assert job.state == JobState.SUCCEEDED, job.error
    (picture,) = job.images.all()
    review.approve(picture, user=None)

    publishing.publish(picture)
    publishing.publish(picture)

    assert picture.state == ImageState.PUBLISHED
    made = ProductImage.objects.get(product=product, code__startswith=CODE)
    assert made.display_order == own.display_order + 1
    made.original.open()
    with Image.open(made.original) as published:
        assert published.size == (picture.width, picture.height)
    assert [one.ref for one in shop_backend("local").photos(product)] == [str(own.pk)]
    publishing.unpublish(picture)
    assert list(ProductImage.objects.filter(product=product)) == [own]


def test_a_child_has_its_parents_photos() -> None:
    parent = mug(structure=Product.PARENT)
    ProductImage.objects.create(product=parent, original=photo())
    child = Product.objects.create(structure=Product.CHILD, parent=parent, title="", upc="MUG-1-L")

    backend = shop_backend("local")

    assert backend.photos(child) == [] or len(backend.photos(child)) == 1
    assert [one.ref for one in backend.photos(child)] == [one.ref for one in backend.photos(parent)]
    assert backend.describe(child).name == "Stoneware mug"
    assert backend.find("MUG-1-L") == child


def test_the_dashboards_button_leads_to_an_order(client: Client, django_user_model: Any) -> None:
    product = mug()
    ProductImage.objects.create(product=product, original=photo())
    staff(client, django_user_model)

    page = client.get(f"/dashboard/catalogue/products/{product.pk}/")
    address = f"/dashboard/pictures/products/{product.pk}/"
    assert f'href="{address}"' in page.content.decode()
    style = Style.objects.get(slug="white-packshot")
    answer = client.post(address, {"style": style.pk, "count": 2}, follow=True)

    assert "2 pictures are ordered." in answer.content.decode()
    job = GenerationJob.objects.get()
    assert (job.count, job.style, job.product_id) == (2, style, product.pk)


def test_the_dashboard_page_says_what_is_wrong(client: Client, django_user_model: Any) -> None:
    product = mug()
    staff(client, django_user_model)
    address = f"/dashboard/pictures/products/{product.pk}/"

    style = Style.objects.get(slug="white-packshot")
    answer = client.post(address, {"style": style.pk, "count": 1})

    assert "no photo yet" in answer.content.decode()
    assert not GenerationJob.objects.exists()
    assert client.get("/dashboard/pictures/products/999/").status_code == 404


def test_other_people_may_not_order(client: Client, django_user_model: Any) -> None:
    product = mug()
    address = f"/dashboard/pictures/products/{product.pk}/"
    assert client.get(address).status_code == 302

    plain = django_user_model.objects.create_user("staff", "s@x.org", "pw", is_staff=True)
    client.force_login(plain)

    assert client.get(address).status_code == 403
    page = client.get(f"/dashboard/catalogue/products/{product.pk}/").content.decode()
    assert address not in page
