"""GraphQL over the guarded client, as Shopify and Saleor answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops.http import Answer, Client
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable
from shop_integration.platforms.reading import as_text, rows, within


def query(client: Client, path: str, text: str, /, **variables: Any) -> Mapping[str, Any]:
    """The answer's ``data`` of a query, which changes nothing."""
    body = {"query": text, "variables": variables}
    return data_of(client.call("POST", path, json=body, safe=True))


def mutate(
    client: Client, path: str, text: str, name: str, errors: str, /, **variables: Any
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """The result of the mutation ``name``, and its errors, which the field ``errors`` holds."""
    body = {"query": text, "variables": variables}
    return result_of(client.call("POST", path, json=body), name, errors)


def result_of(
    answer: Answer, name: str, errors: str
) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    result = within(data_of(answer), name)
    if not isinstance(result, Mapping):
        raise PlatformUnavailable(_("The platform gave no result of %(name)s.") % {"name": name})
    return result, rows(result.get(errors))


def data_of(answer: Answer) -> Mapping[str, Any]:
    """Raises PlatformUnavailable when the platform is throttling, PlatformRefused for the rest."""
    content = answer.json()
    if failed := rows(within(content, "errors")):
        words = described(failed)
        codes = {within(error, "extensions", "code") for error in failed}
        if "THROTTLED" in codes:
            raise PlatformUnavailable(words, retry_after=_until_affordable(content))
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
            raise PlatformUnavailable(words)
        raise PlatformRefused(words)
    data = within(content, "data")
    if not isinstance(data, Mapping):
        raise PlatformUnavailable(_("The platform's answer holds no data."))
    return data


def _until_affordable(content: Any) -> float:
    """Seconds until the bucket holds the query's cost again.

    https://shopify.dev/docs/api/usage/limits
    """
    cost = within(content, "extensions", "cost")
    throttle = within(cost, "throttleStatus")
    try:
        lacking = cost["requestedQueryCost"] - throttle["currentlyAvailable"]
        return max(float(lacking / throttle["restoreRate"]), 1.0)
    except (TypeError, KeyError, ZeroDivisionError):
        return 2.0


def described(errors: Sequence[Mapping[str, Any]]) -> str:
    """The errors' messages, each with the field that it is about."""
    texts = []
    for error in errors:
        field = error.get("field")
        where = ".".join(map(as_text, field)) if isinstance(field, list) else as_text(field)
        message = as_text(error.get("message")) or as_text(error.get("code"))
        texts.append(f"{where}: {message}" if where else message)
    return " ".join(texts)[:500]
