from __future__ import annotations

import pytest

from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import PayloadRefused


def test_an_object_is_read():
    assert parse_json('{"name": "Tasse “Blau”", "n": 1.5}'.encode()) == {
        "name": "Tasse “Blau”",
        "n": 1.5,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"webhook_id=3",
        b"\xff\xfe{}",
        b"[1]",
        b'"text"',
        b"null",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\x00"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
    ],
    ids=range(13),
)
def test_anything_else_is_refused(body):
    with pytest.raises(PayloadRefused):
        parse_json(body)


def test_what_a_database_can_not_hold_is_replaced():
    body = rb'{"a\u0000": ["\ud800", {"b": "x\u0000y\uDFFF"}], "c": "\ud83d\ude00"}'
    assert parse_json(body) == {"a\ufffd": ["\ufffd", {"b": "x\ufffdy\ufffd"}], "c": "😀"}
