"""From one request to the server's fields, and from its answer to a picture."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.engines import canvas as canvases
from prodimages.engines import wearing
from prodimages.engines.base import EnginePicture, GenerationRequest
from prodimages.engines.remote import pictures
from prodimages.engines.remote.client import call
from prodimages.engines.remote.options import RemoteOptions
from prodimages.exceptions import JobFailure
from prodimages.imaging.registration import displacement

if TYPE_CHECKING:
    from openai import OpenAI

# What OpenAI's client names itself; everything else goes through as the server's own.
_NAMED = frozenset({"quality"})
_MAX_SHIFT = 1.0
"""Pixels, of the picture wanted, by which an editor without a mask may move the product."""


def draw(request: GenerationRequest, client: OpenAI, options: RemoteOptions) -> EnginePicture:
    """Ask for the picture of ``request``. Raises JobFailure in words."""
    drawn = pictures.drawn_size((request.width, request.height), options.server, options.sizes)
    fields, notices = _fields(request, options, drawn)
    kind = "generate"
    if request.task != Task.TEXT_TO_IMAGE:
        kind = "edit"
        sent = _pictures(request, options, drawn)
        if "mask_image" in sent:  # not OpenAI's own field
            fields.setdefault("extra_body", {})["mask_image"] = sent.pop("mask_image")
        fields |= sent
    started = time.monotonic()
    answer = pictures.decode(call(client, kind, fields))
    seconds = time.monotonic() - started
    if (answer.shape[1], answer.shape[0]) != drawn:
        answer = pictures.fit(answer, drawn)
    rgb = pictures.unfit(answer, (request.width, request.height))
    if request.task == Task.TRY_ON:
        rgb = _worn(request, rgb)
    elif kind == "edit" and (request.task == Task.RESTYLE or not options.server.mask):
        _hold_still(request, rgb)
    return EnginePicture(
        rgb=rgb,
        seed=request.seed,
        source_type=SourceType.TRAINED if kind == "generate" else SourceType.COMPOSITE_WITH_TRAINED,
        notices=notices,
        metadata=_facts(options, drawn, seconds),
    )


def _fields(
    request: GenerationRequest, options: RemoteOptions, drawn: tuple[int, int]
) -> tuple[dict[str, Any], list[str]]:
    """What the call gets besides pictures, and words about what the server can't be told."""
    wishes = {name: value for name, value in request.parameters.items() if name != "canvas"}
    wishes["seed"] = request.seed % 2**31  # servers read 32 bits
    if request.negative_prompt:
        wishes["negative_prompt"] = request.negative_prompt
    taken = options.server.extra
    named = {taken[name]: wish for name, wish in wishes.items() if taken.get(name) in _NAMED}
    extra = {
        taken[name]: wish
        for name, wish in wishes.items()
        if name in taken and taken[name] not in _NAMED
    }
    fields: dict[str, Any] = {
        "model": options.model,
        "prompt": _words(request),
        "n": 1,
        "size": f"{drawn[0]}x{drawn[1]}",
        **named,
    }
    if extra:
        fields["extra_body"] = extra
    if options.server.response_format:
        fields["response_format"] = "b64_json"
    return fields, _unheard(wishes, options)


def _words(request: GenerationRequest) -> str:
    """A picture that is painted over as a whole has no mask to say what stays in its place; and
    for a try-on the words say which picture is which.
    """
    if request.task == Task.TRY_ON:
        return wearing.instruction(request.prompt)
    if request.task != Task.RESTYLE:
        return request.prompt
    return f"Repaint the whole picture. Keep each thing in it where it is. {request.prompt}"


def _unheard(wishes: dict[str, Any], options: RemoteOptions) -> list[str]:
    notices = []
    if "seed" not in options.server.extra:
        notices.append(
            _("%(server)s takes no seed: the same picture can't be made again.")
            % {"server": options.server.name}
        )
    if "negative_prompt" in wishes and "negative_prompt" not in options.server.extra:
        notices.append(_("%(server)s takes no negative prompt.") % {"server": options.server.name})
    return notices


def _pictures(
    request: GenerationRequest, options: RemoteOptions, drawn: tuple[int, int]
) -> dict[str, Any]:
    """What is edited, what is looked at beside it, and, where the server takes one, the mask of
    what may be repainted.
    """
    if request.task == Task.TRY_ON:
        return _to_wear(request, options, drawn)
    drafted = canvases.canvas(request, request.parameters.get("canvas", "studio"))
    image = _file("canvas", pictures.fit(drafted, drawn))
    if request.task == Task.RESTYLE:  # all of it, so that light and tone agree
        mask = np.full(drawn[::-1], 255, np.uint8)
    else:
        mask = _fitted(canvases.repaint(request), drawn)
    return {"image": image, **_mask(mask, options)}


def _to_wear(
    request: GenerationRequest, options: RemoteOptions, drawn: tuple[int, int]
) -> dict[str, Any]:
    """The person, with the region grayed, and the garment; a mask counts for the first."""
    wish = wearing.checked(request)
    person = _file("person", pictures.fit(wearing.grayed(wish), drawn))
    garment = _file("garment", pictures.shrunk(wish.garment))
    return {"image": [person, garment], **_mask(_fitted(wish.region, drawn), options)}


def _file(name: str, picture: np.ndarray) -> tuple[str, bytes]:
    return f"{name}.png", pictures.as_png(picture)


def _fitted(repaint: np.ndarray, drawn: tuple[int, int]) -> np.ndarray:
    """(H, W) bool -> the drawn size, uint8: 255 is repainted, 0 kept."""
    fitted = pictures.fit(repaint.astype(np.uint8) * 255, drawn)
    return np.where(fitted >= 128, 255, 0).astype(np.uint8)


def _mask(mask: np.ndarray, options: RemoteOptions) -> dict[str, Any]:
    if not options.server.mask:
        return {}
    if options.server.mask == "alpha":
        opaque = np.zeros((*mask.shape, 4), np.uint8)
        opaque[..., 3] = 255 - mask
        return {"mask": _file("mask", opaque)}
    encoded = base64.b64encode(pictures.as_png(mask)).decode()
    return {"mask_image": f"data:image/png;base64,{encoded}"}


def _worn(request: GenerationRequest, rgb: np.ndarray) -> np.ndarray:
    """The person's own pixels outside of the region. Raises JobFailure when the model moved the
    person, whom the garment would not fit: also where there is a mask, which not all models obey.
    """
    wish = wearing.checked(request)
    if wearing.shift(wish, rgb) > wearing.MOST_SHIFT:
        raise JobFailure(FailureKind.ENGINE, wearing.moved_words())
    return wearing.put_back(wish, rgb)


def _hold_still(request: GenerationRequest, rgb: np.ndarray) -> None:
    """Raises JobFailure when an editor without a mask drew the product elsewhere.

    The product's own pixels go over its drawing of it, so that a moved one would show
    beside them.
    """
    if request.product is None:
        return
    left, top, right, bottom = request.product.box
    own = request.product.rgb[top:bottom, left:right].astype(np.float32).mean(axis=2) / 255
    drawing = rgb[top:bottom, left:right].mean(axis=2)
    inside = request.product.alpha[top:bottom, left:right]
    shift = displacement(own * inside, drawing * inside)
    if np.hypot(*shift) > _MAX_SHIFT:
        raise JobFailure(
            FailureKind.ENGINE,
            _("The model moved the product by %(pixels).1f pixels; try another seed.")
            % {"pixels": float(np.hypot(*shift))},
        )


def _facts(options: RemoteOptions, drawn: tuple[int, int], seconds: float) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "model": options.model,
        "server": options.server.name,
        "drawn": f"{drawn[0]}x{drawn[1]}",
        "seconds": round(seconds, 2),
    }
    if options.price is not None:
        facts["price"] = {"amount": options.price, "currency": options.currency}
    return facts
