"""Fills the demo shop: its products with their photos, and a photo of the visitor's own."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from PIL import Image, ImageOps

from prodimages.models import ProductSettings
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.demo.products import COFFEE, PRODUCTS, DemoProduct

OnProgress = Callable[[int, int, str], None]
"""Called with the products done, the number of products and the next one's name."""

PHOTO_SIZE = 1200
MOST_AT_ONCE = 4
"""Photos rendered side by side; each takes some hundred megabytes."""
MAX_PIXELS = 64_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoRefused(ValueError):
    """The visitor's photo can't be used; the message says why."""


def seed_demo_shop(
    photo_path: str | None = None, on_progress: OnProgress | None = None
) -> list[Product]:
    """Create what is missing of the demo's products and photos; existing rows stay as they are.

    ``photo_path`` adds a product with that photo, once for each content. Raises
    PhotoRefused before anything is written when it can't be used.
    """
    own = _read_photo(Path(photo_path)) if photo_path else None
    found = []
    there = set(ProductMedia.objects.values_list("source_ref", flat=True))
    # Threads are enough: numpy holds no lock while it computes.
    pool = ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, MOST_AT_ONCE))
    try:
        photos = {demo: pool.submit(_photo, demo) for demo in PRODUCTS if demo.ref not in there}
        for number, demo in enumerate(PRODUCTS):
            if on_progress:
                on_progress(number, len(PRODUCTS), demo.name)
            found.append(_ensure(demo, photos.get(demo)))
    finally:
        pool.shutdown(cancel_futures=True)
    if own is not None and photo_path:
        found.append(_own_product(Path(photo_path), own))
    if on_progress:
        on_progress(len(PRODUCTS), len(PRODUCTS), "")
    return found


def _ensure(demo: DemoProduct, photo: Future[bytes] | None) -> Product:
    product, _created = Product.objects.get_or_create(
        sku=demo.sku,
        defaults={
            "name": demo.name,
            "slug": demo.slug,
            "description": demo.description,
            "category": demo.category,
            "tags": list(demo.tags),
            "product_type": demo.product_type,
            "color": demo.color,
            "width_cm": demo.width_cm,
        },
    )
    if photo is not None:
        _add_photo(product, demo.ref, f"{demo.slug}.jpg", photo.result(), demo.alt)
    # What staff would say of a photo that its category can't tell.
    ProductSettings.objects.get_or_create(
        product=product, defaults={"elevation": demo.elevation, "support": demo.support}
    )
    return product


def _photo(demo: DemoProduct) -> bytes:
    return _jpeg(_coffee() if demo is COFFEE else _rendered(demo.slug))


def _coffee() -> Image.Image:
    from skimage import data

    return Image.fromarray(data.coffee())  # type: ignore[no-untyped-call]


def _rendered(slug: str) -> Image.Image:
    from shop_integration.demo.rendering import render

    return Image.fromarray(render(slug, PHOTO_SIZE).rgb)


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=93, subsampling=0, optimize=True)
    return buffer.getvalue()


def _own_product(path: Path, content: bytes) -> Product:
    digest = hashlib.sha256(content).hexdigest()[:12]
    name = path.stem.replace("_", " ").replace("-", " ").strip().capitalize() or "Your product"
    with transaction.atomic():
        product, created = Product.objects.get_or_create(
            sku=f"OWN-{digest.upper()}",
            defaults={
                "name": name[:200],
                "slug": f"{slugify(name)[:100] or 'photo'}-{digest}",
                "description": "Your own photo.",
                "category": "own",
                "tags": ["own"],
            },
        )
        if created:
            _add_photo(product, f"demo:own:{digest}", path.name, content, name)
    return product


def _add_photo(product: Product, ref: str, filename: str, content: bytes, alt: str) -> None:
    ProductMedia.objects.get_or_create(
        source_ref=ref,
        defaults={
            "product": product,
            "file": ContentFile(content, name=filename),
            "alt": alt[:250],
            "kind": ProductMedia.Kind.PHOTO,
        },
    )


def _read_photo(path: Path) -> bytes:
    """The file's bytes, once Pillow could decode them. Raises PhotoRefused."""
    try:
        content = path.expanduser().read_bytes()
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise PhotoRefused(f"The photo {path} can't be opened: {reason}.") from error
    _check_image(io.BytesIO(content), path)
    return content


def _check_image(file: BinaryIO, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise PhotoRefused(
                        f"The photo {path} has {width} x {height} pixels; "
                        f"{MAX_PIXELS // 1_000_000} megapixels are the most that is taken."
                    )
                ImageOps.exif_transpose(image).load()
    except PhotoRefused:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoRefused(
            f"The photo {path} is not a JPEG, PNG or WebP picture that can be read."
        ) from error
