"""The try-on's part of the API's description."""

from __future__ import annotations

from typing import Any

from prodimages.imaging.pose import NAMES

_TOKEN = "X-Try-On-Token"  # noqa: S105  (a header's name)
_MEANINGS = {
    "400": "A field can't be used; `errors` says which and why.",
    "403": "A forged, expired or another shopper's token; an erased try-on.",
    "404": "The site has no try-on.",
    "409": "The product is no garment, or none that can be tried on; the photo is from behind.",
    "415": "The body is of another media type.",
    "429": "A quota or the shop's budget is used up; the region was looked at too often.",
    "503": "The database or the storage is busy or away.",
}


def paths() -> dict[str, Any]:
    """Path -> method -> operation, for ``prodimages.storefront.urls`` at ``storefront/``."""
    one = "/storefront/try-on/{id}/"
    return {
        "/storefront/try-on/": {"post": _ask()},
        one: {
            "get": _follow(),
            "delete": _operation(
                "erase_try_on",
                "Erase a shopper's photo now, with every picture made of it",
                {"204": {"description": "Erased."}},
            ),
        },
        f"{one}landmarks/": {"put": _agree()},
        f"{one}region/": {"get": _see_region(), "put": _paint()},
        f"{one}photo/": {"get": _picture("see_try_on_photo", "See the photo, as it is kept")},
        f"{one}image/": {
            "get": _picture("see_try_on_image", "See the picture", {"404": "It is not made yet."})
        },
    }


def schemas() -> dict[str, Any]:
    """Name -> schema of what the operations name."""
    place = {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "description": "Across and down, in shares of the photo; left and right as seen in it.",
    }
    links = {"type": "string", "format": "uri-reference"}
    return {
        "TryOnLandmarks": {
            "type": "object",
            "properties": dict.fromkeys(NAMES, place),
            "required": list(NAMES),
            "additionalProperties": False,
        },
        "TryOn": {
            "type": "object",
            "required": ["id", "state", "percent", "photo", "preview", "expires_at", "links"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "token": {
                    "type": "string",
                    "description": "In the first answer only: the owner's. Send it back as "
                    f"`{_TOKEN}`; whoever has it may see and erase the photo.",
                },
                "state": {
                    "type": "string",
                    "enum": [
                        *("looking", "placing", "outlining", "painting"),
                        *("making", "done", "failed"),
                    ],
                },
                "percent": {"type": "integer", "minimum": 0, "maximum": 100},
                "problem": {
                    "type": "object",
                    "nullable": True,
                    "properties": {
                        "kind": {"type": "string"},
                        "detail": {"type": "string"},
                        "may_place": {
                            "type": "boolean",
                            "description": "Other landmarks, or `front_view`, may mend it.",
                        },
                    },
                },
                "product": {"type": "string", "nullable": True},
                "photo": {
                    "type": "object",
                    "properties": {
                        "width": {"type": "integer"},
                        "height": {"type": "integer"},
                        "faces": {"type": "integer", "nullable": True},
                    },
                },
                "landmarks": {
                    "allOf": [{"$ref": "#/components/schemas/TryOnLandmarks"}],
                    "nullable": True,
                },
                "asks_front_view": {
                    "type": "boolean",
                    "description": "No face was found: `front_view` has to be said with the "
                    "landmarks.",
                },
                "preview": {"type": "boolean", "description": "It shows color and place, not fit."},
                "notices": {"type": "array", "items": {"type": "string"}},
                "expires_at": {"type": "string", "format": "date-time"},
                "links": {
                    "type": "object",
                    "properties": {"self": links, "photo": links, "region": links, "image": links},
                },
            },
        },
    }


def _ask() -> dict[str, Any]:
    yes = {"type": "string", "enum": ["yes"]}
    form = {
        "type": "object",
        "required": ["product"],
        "properties": {
            "photo": {
                "type": "string",
                "format": "binary",
                "description": "May be left out under a token whose photo is still there.",
            },
            "product": {"type": "string", "description": "SKU or key."},
            "consent": yes,
            "of_age": yes,
            "consent_version": {
                "type": "string",
                "description": "Of the text that was shown; asked with each photo.",
            },
            "landmarks": {"type": "string", "description": "JSON; then nobody is asked for them."},
            "front_view": {
                "type": "string",
                "enum": ["yes", "no"],
                "description": "The photo is from the front. Needed beside `landmarks` where no "
                "face is found; `no` is refused with 409.",
            },
            "show_region": {
                "type": "string",
                "enum": ["yes", "no"],
                "description": "Stop at the region, for the shopper to look at, once the landmarks "
                "are agreed to.",
            },
        },
    }
    return _operation(
        "ask_try_on",
        "Ask for a garment on a shopper's photo",
        {"202": _body("Kept for its time; what comes next is queued.")},
        codes=("400", "403", "404", "409", "415", "429", "503"),
        path=False,
        body={"multipart/form-data": {"schema": form}},
    )


def _follow() -> dict[str, Any]:
    wait = {"description": "Seconds, while something runs.", "schema": {"type": "integer"}}
    done = _body("How far it is.") | {"headers": {"Retry-After": wait}}
    return _operation("get_try_on", "Follow a try-on", {"200": done})


def _agree() -> dict[str, Any]:
    wish = {
        "type": "object",
        "required": ["landmarks"],
        "properties": {
            "landmarks": {"$ref": "#/components/schemas/TryOnLandmarks"},
            "front_view": {
                "type": "boolean",
                "description": "The photo is from the front; needed where `asks_front_view` says "
                "so. `false` is refused with 409.",
            },
            "show_region": {
                "type": "boolean",
                "default": False,
                "description": "Find the region by them, and wait for the shopper to look at it.",
            },
        },
    }
    return _operation(
        "place_try_on_landmarks",
        "Agree to the landmarks, moved or not; the picture is made with them",
        {"202": _body("The picture is being made; or the region is found, or there already.")},
        codes=("400", "403", "409", "429", "503"),
        body={"application/json": {"schema": wish}},
    )


def _see_region() -> dict[str, Any]:
    answers = {
        "200": {
            "description": "Gray: 255 would be repainted, 128 can't be put into it.",
            "content": _PNG,
        },
        "404": problem("It is not found yet."),
    }
    return _operation("see_try_on_region", "See what would be repainted", answers)


def _paint() -> dict[str, Any]:
    return _operation(
        "paint_try_on_region",
        "Make the picture within the region, as it was found or as the shopper painted it",
        {"202": _body("It is being made.")},
        codes=("400", "403", "409", "415", "429", "503"),
        body=_PNG,
    )


_PNG = {
    "image/png": {
        "schema": {
            "type": "string",
            "format": "binary",
            "description": "Of the photo's proportions, 8-bit gray, 256 kB at most: white may be "
            "repainted.",
        }
    }
}


def _picture(name: str, summary: str, more: dict[str, str] | None = None) -> dict[str, Any]:
    binary = {"image/*": {"schema": {"type": "string", "format": "binary"}}}
    answers = {"200": {"description": "For the owner; no cache keeps it.", "content": binary}}
    return _operation(
        name, summary, answers | {code: problem(text) for code, text in (more or {}).items()}
    )


def _operation(
    name: str,
    summary: str,
    answers: dict[str, Any],
    *,
    codes: tuple[str, ...] = ("403", "503"),
    path: bool = True,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    text = {"type": "string"}
    ref: dict[str, Any] = {"in": "path", "name": "id", "required": True}
    token = {"in": "header", "name": _TOKEN, "schema": text, "required": path}
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["storefront"],
        "security": [{}],
        "parameters": [
            *([ref | {"schema": {"type": "string", "format": "uuid"}}] if path else []),
            token | {"description": "The owner's, of the first answer."},
        ],
        **({"requestBody": {"content": body, "required": True}} if body else {}),
        "responses": {**answers, **{code: problem(_MEANINGS[code]) for code in codes}},
    }


def _body(meaning: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/TryOn"}
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def problem(meaning: str) -> dict[str, Any]:
    """An answer that is a problem."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": meaning, "content": content}
