"""Fakes and helpers for the tests of a shop that uses prodimages.

    from prodimages.testing import example_photo, instant_pictures, run_jobs

    @instant_pictures()
    class PicturesTest(TestCase): ...

Jobs then cost milliseconds, need no weights, broker or worker, and leave no file behind.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings as django_settings
from django.db.models import Model
from django.test import override_settings
from django.utils import timezone

from prodimages.choices import JobState, SourceType, Task
from prodimages.conf import settings
from prodimages.cutouts.base import CutoutBackend
from prodimages.engines.base import Engine, EnginePicture, GenerationRequest
from prodimages.exceptions import JobCanceled
from prodimages.models import GenerationJob
from prodimages.services import execution, queue
from prodimages.services.keeper import LeaseKeeper
from prodimages.shops.base import Photo, Picture, ProductInfo, ShopBackend
from prodimages.shops.registry import shop_backend

if TYPE_CHECKING:
    import numpy as np

STORAGE = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


class InstantEngine(Engine):
    """Surrounds the product with one plain color, at once.

    Option ``COLOR``: red, green and blue in 0..1.
    """

    tasks: ClassVar[frozenset[Task]] = frozenset({Task.PACKSHOT, Task.BACKGROUND})
    deterministic: ClassVar[bool] = True

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: Callable[[float], None],
        is_canceled: Callable[[], bool],
    ) -> list[EnginePicture]:
        import numpy as np

        if is_canceled():
            raise JobCanceled
        color = self.options.get("COLOR", (0.9, 0.9, 0.9))
        return [
            EnginePicture(
                rgb=np.full((request.height, request.width, 3), color, np.float32),
                seed=request.seed,
                source_type=SourceType.COMPOSITE_SYNTHETIC,
            )
            for request in requests
        ]


class InstantCutout(CutoutBackend):
    """Takes the middle of any photo for the product."""

    name = "instant"

    def alpha(self, rgb: np.ndarray) -> np.ndarray:
        import numpy as np

        height, width = rgb.shape[:2]
        alpha = np.zeros((height, width), np.float32)
        alpha[height // 4 : height - height // 4, width // 4 : width - width // 4] = 1
        return alpha


def instant_pictures(**prodimages: Any) -> override_settings:
    """Settings under which pictures cost nothing: a decorator and a context manager.

    Every declared engine becomes an InstantEngine under its own alias, the cut-out an
    InstantCutout, and private files stay in memory. ``prodimages`` are settings of
    ``PRODIMAGES`` over these, such as ``MAX_ATTEMPTS=1``.
    """
    engine = f"{__name__}.{InstantEngine.__name__}"
    own = {
        "ENGINES": {
            alias: {**declared, "BACKEND": engine, "OPTIONS": {}}
            for alias, declared in settings.ENGINES.items()
        },
        "CUTOUT": {"BACKEND": f"{__name__}.{InstantCutout.__name__}"},
        # The middle of any photo is no cut-out that the confidence could approve of.
        "CUTOUT_MIN_CONFIDENCE": 0.0,
        "RETRY_SECONDS": 0,
    }
    return override_settings(
        PRODIMAGES={**getattr(django_settings, "PRODIMAGES", {}), **own, **prodimages},
        STORAGES={**django_settings.STORAGES, settings.STORAGE: STORAGE},
    )


class _KeeperWithoutThread(LeaseKeeper):
    """A thread has a connection of its own, which a TestCase's transaction would lock out."""

    def __enter__(self) -> _KeeperWithoutThread:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def is_canceled(self, pk: int) -> bool:
        return GenerationJob.every.filter(pk=pk, cancel_requested=True).exists()


def run_jobs() -> list[GenerationJob]:
    """Run every queued job to its end in this process, as a worker would.

    Returns the jobs in the order in which they ran; one that was tried again appears once.
    Works inside a TestCase's transaction.
    """
    ran: dict[int, None] = {}
    while True:
        queued = GenerationJob.every.filter(state=JobState.QUEUED)
        queued.filter(attempts_made__gt=0).update(due_at=timezone.now())
        held = queue.claim("prodimages.testing", list(queued.values_list("queue", flat=True)))
        if not held:
            break
        with _KeeperWithoutThread(held) as keeper:
            execution.execute(held, keeper)
        ran[held[0].job.pk] = None
    jobs = GenerationJob.every.in_bulk(list(ran))
    return [jobs[pk] for pk in ran if pk in jobs]  # a shopper's may be erased meanwhile


def example_photo(width: int = 480, height: int = 360) -> bytes:
    """A JPEG of a dark vase on a light ground, for a product that needs a photo."""
    from PIL import Image, ImageDraw

    photo = Image.new("RGB", (width, height), (226, 224, 220))
    box = (width * 0.3, height * 0.2, width * 0.7, height * 0.85)
    ImageDraw.Draw(photo).ellipse(box, fill=(46, 66, 84))
    content = io.BytesIO()
    photo.save(content, format="JPEG", quality=90)
    return content.getvalue()


def shop_faults(product: Model, *, shop: str = "local") -> list[str]:
    """What the shop's backend does wrong with ``product``, in words; empty when nothing.

    ``product`` needs a photo. Publishes two pictures to it, so call this in a test only.
    """
    backend = shop_backend(shop)
    faults = [*_description_faults(backend.describe(product)), *_photo_faults(backend, product)]
    before = _refs(backend.photos(product))
    first, again, other = (
        backend.publish(product, _example_picture(ref))
        for ref in ("prodimages-1-0-first", "prodimages-1-0-first", "prodimages-1-1-other")
    )
    if not isinstance(first, str) or not 0 < len(first) <= 255:
        faults.append(f"publish() returned {first!r} and no reference of 1 to 255 characters.")
    if first != again:
        faults.append("publish() added a picture twice: one ref gave two references.")
    if first == other:
        faults.append("publish() took two pictures for one: two refs gave one reference.")
    if _refs(backend.photos(product)) != before:
        faults.append("photos() offers published pictures as the product's own photos.")
    return faults


def _description_faults(info: ProductInfo) -> list[str]:
    return [
        f"describe() gave no {name}; it must be text."
        for name in ("key", "name")
        if not isinstance(getattr(info, name), str) or not getattr(info, name)
    ]


def _photo_faults(backend: ShopBackend, product: Model) -> list[str]:
    photos = backend.photos(product)
    if not photos:
        return ["photos() found none for the product."]
    faults = []
    if len(set(_refs(photos))) < len(photos):
        faults.append("photos() gave two photos the same ref.")
    if _refs(backend.photos_for([product]).get(product.pk, [])) != _refs(photos):
        faults.append("photos_for() and photos() don't agree.")
    for photo in photos:
        for _twice in range(2):
            with contextlib.closing(photo.open()) as file:
                if not file.read(1):
                    faults.append(f"The photo “{photo.ref}” gave no bytes when it was opened.")
    return faults


def _refs(photos: Sequence[Photo]) -> list[str]:
    return [photo.ref for photo in photos]


def _example_picture(ref: str) -> Picture:
    return Picture(
        ref=ref,
        open=lambda: io.BytesIO(example_photo()),
        filename=f"vase-{ref}.jpg",
        alt="Vase",
        width=480,
        height=360,
        mime="image/jpeg",
    )
