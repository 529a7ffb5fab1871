"""Using the admin loads nothing that only a worker needs."""

from __future__ import annotations

import os
import subprocess
import sys

USE_THE_ADMIN = """
import io, json, sys
import django
django.setup()
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from PIL import Image, ImageDraw
call_command("migrate", verbosity=0)

from prodimages.models import GenerationJob, Style
from prodimages.services.photos import keep
from shop_integration.catalogue.models import Product, ProductMedia

image = Image.new("RGB", (300, 200), "white")
ImageDraw.Draw(image).ellipse((90, 50, 210, 150), fill="navy")
out = io.BytesIO(); image.save(out, "JPEG"); photo = out.getvalue()
mask = Image.new("L", (300, 200)); ImageDraw.Draw(mask).ellipse((90, 50, 210, 150), fill=255)
out = io.BytesIO(); mask.save(out, "PNG"); mask = out.getvalue()
product = Product.objects.create(sku="a", slug="a", name="Mug")
ProductMedia.objects.create(product=product, file=ContentFile(photo, name="a.jpg"))
client = Client(headers={"host": "localhost"})
client.force_login(User.objects.create_superuser("boss", password="x"))
host = "/admin/prodimages_catalogue/product/"
order = {
    "selection": json.dumps({"keys": [str(product.pk)]}), "key": "k", "count": "1",
    "style": str(Style.objects.get(slug="marble-table").pk), "prompt": "oak, from the left",
}
kept = keep("local", photo, product_id=product.pk)
admin = "/admin/prodimages/"
answers = [
    client.get(f"{host}{product.pk}/generate-images/"),
    client.get(f"{host}{product.pk}/product-photo/"),
    client.get(f"{host}{product.pk}/placement/"),
    client.post(f"{host}generate-images/", order | {"_preview": "1"}),
    client.post(f"{host}generate-images/", order, follow=True),
    client.get(f"{admin}generationjob/"),
    client.post(f"{admin}sourcephoto/{kept.pk}/change/", {"mask": io.BytesIO(mask)}, follow=True),
    client.get(f"{admin}sourcephoto/{kept.pk}/cutouts/{kept.cutouts.get().pk}/"),
    client.get(f"{admin}generatedimage/"),
    client.get(f"{admin}style/add/"),
]
assert [answer.status_code for answer in answers] == [200] * 10, answers
assert GenerationJob.objects.count() == 1
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_using_the_admin_loads_no_heavy_library(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shop_integration.project.settings",
        "PRODIMAGES_VAR": str(tmp_path),
        "DATABASE_URL": "",
    }
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", USE_THE_ADMIN],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    loaded = set(result.stdout.split())
    assert "PIL" in loaded
    assert not loaded & {"torch", "onnxruntime", "numpy", "scipy", "skimage"}
