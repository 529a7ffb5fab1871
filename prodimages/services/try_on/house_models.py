"""House models: whose photo it is, checked when it comes in and when a style names it."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.utils.translation import gettext as _

from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.models import ModelPhoto
from prodimages.services import files
from prodimages.storage import private_storage


def store_photo(row: ModelPhoto, content: bytes) -> None:
    """Put ``content`` into the private storage and its facts on the row, which is not saved yet.

    Landmarks and marks of another photo mean nothing on this one. Raises RequestRefused in words.
    """
    from prodimages.imaging.inspect import inspect_photo

    try:
        facts = inspect_photo(io.BytesIO(content))
    except JobFailure as error:
        raise RequestRefused.about("photo", str(error)) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest == row.digest:
        return
    name = f"models/{row.shop}/{digest[:2]}/{digest}.{facts.format.lower()}"
    row.file.name = files.write_verified(private_storage(), name, content)
    row.digest, row.width, row.height = digest, facts.width, facts.height
    row.landmarks = {}
    row.region, row.region_for, row.region_by_staff = "", "", False


def model_problems(parameters: Any, shop: str) -> list[str]:
    """Why a style of the task try-on can't be served, in words; empty when it can."""
    named = parameters.get("model", "") if isinstance(parameters, dict) else ""
    offered = list(ModelPhoto.objects.offered(shop).values_list("slug", flat=True))
    if named in offered:
        return []
    if not offered:
        return [_("The shop has no house model yet; add one first.")]
    known = ", ".join(offered)
    if not named:
        return [_("Name a house model in the parameter “model”: %(known)s.") % {"known": known}]
    text = _("There is no house model “%(name)s” whose consent still stands; known: %(known)s.")
    return [text % {"name": str(named)[:80], "known": known}]
