from __future__ import annotations

import base64
import dataclasses
import functools
import time

import jwt
import pytest
import shopify
from standardwebhooks import Webhook

from prodimages.shops import signatures
from prodimages.shops.platform import SignatureRefused, UnknownSigningKey
from tests.shops.deliveries import (
    BODY,
    delivery,
    detached_jws,
    hmac_base64,
    jwk,
    rsa_key,
    standard_headers,
)

SECRET = "hush-5f2c"
WHSEC = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
OTHER = "whsec_" + base64.b64encode(b"another-secret-of-the-shop").decode()
KEY = rsa_key()

SIGNED = {
    "shopify": (
        functools.partial(signatures.shopify, secrets=SECRET),
        lambda: {"x-shopify-hmac-sha256": hmac_base64(SECRET, BODY)},
    ),
    "woocommerce": (
        functools.partial(signatures.woocommerce, secrets=SECRET),
        lambda: {"x-wc-webhook-signature": hmac_base64(SECRET, BODY)},
    ),
    "standard": (
        functools.partial(signatures.standard, secrets=WHSEC),
        lambda: standard_headers(WHSEC),
    ),
    "bigcommerce": (
        functools.partial(signatures.bigcommerce, secrets=SECRET),
        lambda: standard_headers(SECRET.encode()),
    ),
    "saleor": (
        functools.partial(signatures.saleor, keys=[jwk(KEY, "1")]),
        lambda: {"saleor-signature": detached_jws(KEY)},
    ),
    "saleor, older": (
        functools.partial(signatures.saleor, keys=[], secrets=SECRET),
        lambda: {
            "saleor-signature": base64.b64decode(hmac_base64(SECRET, BODY)).hex(),
        },
    ),
}
SIGNATURE = {
    "shopify": "x-shopify-hmac-sha256",
    "woocommerce": "x-wc-webhook-signature",
    "standard": "webhook-signature",
    "bigcommerce": "webhook-signature",
    "saleor": "saleor-signature",
    "saleor, older": "saleor-signature",
}


@pytest.fixture(params=SIGNED)
def platform(request):
    return request.param


def test_what_others_sign_is_accepted(platform):
    verify, headers = SIGNED[platform]
    verify(delivery(headers()))


def test_a_changed_byte_is_refused(platform):
    verify, headers = SIGNED[platform]
    with pytest.raises(SignatureRefused):
        verify(delivery(headers(), BODY.replace(b"7", b"8")))


def test_no_signature_is_refused(platform):
    verify, headers = SIGNED[platform]
    for name in headers():
        rest = {key: value for key, value in headers().items() if key != name}
        with pytest.raises(SignatureRefused):
            verify(delivery(rest))


GARBAGE = [
    "",
    " ",
    "v1",
    "v1,",
    "v1,=",
    "v1,%%%",
    "v2,AAAA",
    "..",
    "a..b",
    "e30..AAAA",
    "W10..AAAA",
    "fw..AAAA",
    "%..%",
    "ÿþ",
    "v1,ÿþ",
    "\udcff",
    "ab" * 32,
    "A" * 10_000,
    "v1," * 2_000,
    "W" * 3000 + "..AAAA",
    base64.urlsafe_b64encode(b"[" * 4000).decode().rstrip("=") + "..AAAA",
    base64.urlsafe_b64encode(b'{"alg":["RS256"],"crit":3}').decode().rstrip("=") + "..AAAA",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_and_nothing_else_is_raised(platform, garbage):
    verify, headers = SIGNED[platform]
    for name in headers():
        with pytest.raises(SignatureRefused):
            verify(delivery(headers() | {name: garbage}))


def test_either_secret_is_accepted_while_one_takes_the_others_place():
    headers = {"x-shopify-hmac-sha256": hmac_base64("new", BODY)}
    signatures.shopify(delivery(headers), ["old", "new"])
    signatures.standard(delivery(standard_headers(OTHER)), [WHSEC, OTHER])
    with pytest.raises(SignatureRefused):
        signatures.shopify(delivery(headers), ["old", "older"])


def test_one_of_several_signatures_suffices():
    headers = standard_headers(WHSEC)
    headers["webhook-signature"] = "v1,!! v1a,abc v1,AAAA " + headers["webhook-signature"]
    signatures.standard(delivery(headers), WHSEC)


def test_a_secret_may_lack_its_prefix_and_its_padding():
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef0123456").decode()
    assert secret.endswith("=")
    signatures.standard(delivery(standard_headers(secret)), secret.rstrip("="))
    signatures.standard(delivery(standard_headers(secret)), secret.removeprefix("whsec_"))


@pytest.mark.parametrize("secrets", ["", [], [""], "whsec_", "whsec_%"])
def test_a_missing_secret_accepts_nothing(secrets):
    stamp = str(int(time.time()))
    signed = hmac_base64("", f"m.{stamp}.".encode() + BODY)
    headers = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": f"v1,{signed}"}
    with pytest.raises(SignatureRefused):
        signatures.standard(delivery(headers), secrets)
    plain = {"x-shopify-hmac-sha256": hmac_base64("", BODY)}
    with pytest.raises(SignatureRefused):
        signatures.shopify(delivery(plain), [] if isinstance(secrets, str) else secrets)


@pytest.mark.parametrize("sender", ["standard", "bigcommerce"])
@pytest.mark.parametrize("age, accepted", [(299, True), (-299, True), (301, False), (-301, False)])
def test_the_time_of_a_signature_counts(sender, age, accepted):
    secret = WHSEC if sender == "standard" else SECRET
    headers = standard_headers(secret if sender == "standard" else secret.encode(), age=age)
    now = int(headers["webhook-timestamp"]) + age
    verify = SIGNED[sender][0]
    if accepted:
        verify(delivery(headers, at=now))
    else:
        with pytest.raises(SignatureRefused, match="another time"):
            verify(delivery(headers, at=now))


@pytest.mark.parametrize("stamp", ["1e9", "-5", "٣٤", "99999999999999", "nan", "12.5"])
def test_a_time_that_is_none_is_refused(stamp):
    with pytest.raises(SignatureRefused):
        signatures.standard(delivery(standard_headers(WHSEC) | {"webhook-timestamp": stamp}), WHSEC)


def test_what_we_sign_the_package_verifies():
    now = int(time.time())
    headers = {
        "webhook-id": "msg_9",
        "webhook-timestamp": str(now),
        "webhook-signature": signatures.sign_standard(WHSEC, "msg_9", now, BODY),
    }
    assert Webhook(WHSEC).verify(BODY, headers) == {"id": 7, "title": "Tasse “Blau”"}


def test_shopify_agrees_with_the_client_library():
    """ShopifyAPI signs a query by the same secret; its digest is hexadecimal."""
    shopify.Session.setup(api_key="key", secret=SECRET)
    query = {"code": "abc", "shop": "mugs.myshopify.com"}
    encoded = shopify.Session._Session__encoded_params_for_signature(query)
    digest = bytes.fromhex(shopify.Session.calculate_hmac(query))
    headers = {"x-shopify-hmac-sha256": base64.b64encode(digest).decode()}
    signatures.shopify(delivery(headers, encoded.encode()), SECRET)


def test_saleor_agrees_with_pyjwt():
    token = jwt.api_jws.encode(
        BODY,
        KEY,
        algorithm="RS256",
        headers={"kid": "1", "crit": ["b64"]},
        is_payload_detached=True,
    )
    signatures.saleor(delivery({"saleor-signature": token}), [jwk(KEY, "1")])


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"crit": ["b64", "exp"]}, {"crit": []}],
)
def test_another_algorithm_or_extension_is_refused(header):
    signed = {"saleor-signature": detached_jws(KEY, **header)}
    with pytest.raises(SignatureRefused):
        signatures.saleor(delivery(signed), [jwk(KEY, "1")])


def test_a_signature_may_come_from_either_of_two_keys():
    new = rsa_key()
    keys = [jwk(KEY, "1"), jwk(new, "2")]
    signatures.saleor(delivery({"saleor-signature": detached_jws(new, kid="2")}), keys)
    with pytest.raises(SignatureRefused):
        signatures.saleor(delivery({"saleor-signature": detached_jws(new, kid="1")}), keys)


def test_an_unknown_key_is_told_from_a_wrong_signature():
    signed = delivery({"saleor-signature": detached_jws(KEY, kid="9")})
    with pytest.raises(UnknownSigningKey):
        signatures.saleor(signed, [jwk(KEY, "1")])


@pytest.mark.parametrize("broken", [{"n": ""}, {"n": "%"}, {"e": "AA"}, {"n": "AQ"}, {"e": 5}])
def test_a_key_that_is_none_verifies_nothing(broken):
    with pytest.raises(SignatureRefused):
        signatures.saleor(
            delivery({"saleor-signature": detached_jws(KEY)}), [jwk(KEY, "1") | broken]
        )


@pytest.mark.parametrize(
    "headers, body, is_ping",
    [
        ({}, b"webhook_id=12", True),
        ({}, b"webhook_id=12\n", True),
        ({}, b"webhook_id=12&x=1", False),
        ({}, b'{"webhook_id": 12}', False),
        ({"x-wc-webhook-signature": "AAAA"}, b"webhook_id=12", False),
    ],
)
def test_the_unsigned_ping_of_woocommerce_is_known_by_its_form(headers, body, is_ping):
    assert signatures.is_woocommerce_ping(delivery(headers, body)) is is_ping


def test_nothing_of_the_secret_is_told():
    headers = SIGNED["shopify"][1]()
    signed = dataclasses.replace(delivery(headers), body=b"{}")
    with pytest.raises(SignatureRefused) as refused:
        signatures.shopify(signed, SECRET)
    assert SECRET not in str(refused.value)
