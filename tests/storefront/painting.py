"""A shopper who looks at the region and paints it."""

from __future__ import annotations

import io
import json

import numpy as np
from PIL import Image

from prodimages.imaging.regions import OLD
from prodimages.testing import run_jobs
from tests.storefront.shoppers import POSE, ask, headers
from tests.wearing import person_bytes

PATCH = np.s_[200:236, 160:200]  # a brooch, say, on the chest
HEM = np.s_[385:400, 132:168]  # on a leg


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def opened(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def white(region: np.ndarray) -> np.ndarray:
    return np.where(region == OLD, 255, 0).astype(np.uint8)


def without_chest(found: bytes) -> bytes:
    mask = white(opened(found))
    mask[PATCH] = 0
    return png(mask)


def put(client, body, name: str, content, kind: str = "application/json"):
    data = content if isinstance(content, bytes) else json.dumps(content)
    return client.put(f"{body['links']['self']}{name}/", data, content_type=kind, **headers(body))


def shown(client, **values):
    """A try-on whose region is there to be painted, and the region."""
    body = ask(client, landmarks=json.dumps(POSE), show_region="yes", **values).json()
    assert body["state"] == "outlining", body
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "painting", now
    answer = client.get(now["links"]["region"], **headers(body))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "image/png"
    return body, answer.content


def paint(client, body, mask: bytes, kind: str = "image/png"):
    return put(client, body, "region", mask, kind)


def picture(client, body) -> np.ndarray:
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "done", now
    content = b"".join(client.get(now["links"]["image"], **headers(body)).streaming_content)
    return opened(content)[..., :3].astype(int)


def own_photo() -> np.ndarray:
    return opened(person_bytes("PNG"))[..., :3].astype(int)
