"""One call to the server, with its refusals put into words."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    from openai import OpenAI

    from prodimages.engines.remote.options import RemoteOptions

_REFUSALS = ("content_policy", "content_filter", "moderation", "safety", "policy_violation")
_SPENT = ("insufficient_quota", "billing_hard_limit", "budget")
_MAX_WORDS = 300


def connect(options: RemoteOptions) -> OpenAI:
    """A client for one handful of pictures; closing it ends the calls under way.

    It asks a busy server (429, 5xx) or a silent one again, after what the server asked
    for or growing, jittered pauses.
    """
    from openai import OpenAI

    return OpenAI(
        base_url=options.url,
        api_key=options.key or "none",  # the client insists on one
        timeout=options.timeout,
        max_retries=options.retries,
    )


def call(client: OpenAI, kind: str, fields: Mapping[str, Any]) -> bytes:
    """``kind`` is ``generate`` or ``edit``; returns the picture's file.

    Raises JobFailure: retryable when the server was busy, silent or broken.
    """
    import openai

    try:
        answer = getattr(client.images, kind)(**fields)
    except openai.APITimeoutError as error:
        raise _unavailable(_("The image server did not answer in time."), again=True) from error
    except openai.APIConnectionError as error:
        raise _unavailable(
            _("The image server can't be reached. Is it running, and is its URL right?"), again=True
        ) from error
    except openai.APIStatusError as error:
        raise _refused(error) from error
    except openai.OpenAIError as error:
        raise JobFailure(
            FailureKind.ENGINE, _("The image server's answer can't be read.")
        ) from error
    return _picture(answer)


def _picture(answer: Any) -> bytes:
    data = getattr(answer, "data", None)
    encoded = getattr(data[0], "b64_json", None) if data else None
    if not encoded:
        # An address in the answer is not followed: it could lead anywhere.
        raise JobFailure(FailureKind.ENGINE, _("The image server answered without a picture."))
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise JobFailure(
            FailureKind.ENGINE, _("The image server's picture can't be decoded.")
        ) from error


def _refused(error: Any) -> JobFailure:
    status, words, code = error.status_code, _words(error.body), _code(error.body)
    if status == 429 and any(mark in code for mark in _SPENT):
        return _unavailable(
            _("The image service's budget is used up. Raise it there, then retry the job.")
        )
    if status == 429 or status >= 500 or status == 408:
        return _unavailable(
            _("The image server is busy or broken (%(status)d). %(words)s")
            % {"status": status, "words": words},
            again=True,
        )
    if status in (401, 403) and not any(mark in code for mark in _REFUSALS):
        return _unavailable(_("The image server refused the key. Check the engine's KEY."))
    if status == 404:
        return _unavailable(
            _("The image server knows no such model or address. Check the engine's MODEL and URL.")
        )
    if any(mark in code for mark in _REFUSALS):
        return JobFailure(
            FailureKind.CONTENT_REFUSED,
            _("The image service will not draw this. %(words)s Change the prompt or the photo.")
            % {"words": words},
        )
    return JobFailure(
        FailureKind.ENGINE,
        _("The image server did not take the request (%(status)d). %(words)s")
        % {"status": status, "words": words},
    )


def _unavailable(words: str, *, again: bool = False) -> JobFailure:
    return JobFailure(FailureKind.UNAVAILABLE, words.strip(), retryable=again)


def _code(body: Any) -> str:
    error = body.get("error", body) if isinstance(body, Mapping) else {}
    if not isinstance(error, Mapping):
        return ""
    return f"{error.get('code') or ''} {error.get('type') or ''}".lower()


def _words(body: Any) -> str:
    """What the server said, short: OpenAI's ``message`` or FastAPI's ``detail``."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("detail") or ""
    if isinstance(error, list):
        error = "; ".join(str(one.get("msg", one)) for one in error if isinstance(one, Mapping))
    return str(error or "")[:_MAX_WORDS]
