"""A picture's way from an empty database to the shop, for whichever product model.

Runs in a project of its own: the product model is fixed when Django starts.
"""

from __future__ import annotations

import json

import django
from django.core.management import call_command
from django.db import connection


def go() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    call_command("makemigrations", check=True, dry_run=True)
    call_command("check", databases=["default"], fail_level="WARNING")

    from goods.models import PRODUCT, Product, new_product

    from prodimages.choices import Source
    from prodimages.models import GenerationJob, ProductSettings, Style
    from prodimages.services import publishing, review
    from prodimages.services.submission import Order, submit
    from prodimages.testing import run_jobs

    product, other = (Product.objects.get(pk=new_product().pk) for _each in range(2))
    ProductSettings.objects.create(product=product, width_cm=12)
    order = Order(
        products=[product, other],
        style=Style.objects.get(slug="white-packshot"),
        size=256,
        source=Source.COMMAND,
        client="journey",
    )
    submit(order)
    first, second = run_jobs()
    assert [first.product, second.product] == [product, other]
    image = first.images.get()
    review.approve(image, user=None)
    published = publishing.publish(image)
    assert Product.objects.get(pk=product.pk).prodimages_jobs.get() == first

    product.delete()
    first.refresh_from_db()
    facts = {
        "state": first.state,
        "key": first.product_key == str(image.product_id),
        "label": first.product_label,
        "left": first.product,
        "settings": ProductSettings.objects.count(),
        "published": published == image.publish_key,
        "table": _target(GenerationJob._meta.db_table) == Product._meta.db_table,
        "setting": PRODUCT,
    }
    call_command("migrate", "prodimages", "zero", verbosity=0)
    assert Product.objects.count() == 1
    return facts


def _target(table: str) -> str:
    """The table that the real foreign key of ``product_id`` points at."""
    with connection.cursor() as cursor:
        return connection.introspection.get_relations(cursor, table)["product_id"][1]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(go()))
