"""Through a real proxy cache: everybody gets what is theirs, and nothing pending is ever kept."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from prodimages.models import GeneratedImage, Rendition
from prodimages.services import publishing
from prodimages.storefront import signing
from tests.factories import make_product, make_style
from tests.servers import free_port, running, unavailable
from tests.storefront.conftest import STATUS, make_scene, url, work

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shop"),
]

# As the how-to tells a shop to set it up: obey Cache-Control, key by the whole address.
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=pictures:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {origin};
      proxy_cache pictures;
      proxy_cache_key $request_uri;
      proxy_cache_lock on;
      proxy_cache_revalidate on;
      add_header X-Cache $upstream_cache_status always;
    }}
    location /private/ {{ internal; alias {private}/; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(origin: str, private: Path) -> Iterator[int]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        unavailable("nginx")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="prodimages-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        text = CONFIGURATION.format(folder=folder, port=port, origin=origin, private=private)
        file = folder / "nginx.conf"
        # Its worker must be able to read what the test wrote, whoever runs it.
        user = "user root;\n" if os.geteuid() == 0 else ""
        file.write_text(user + text)
        subprocess.run([program, "-t", "-c", file], check=True, capture_output=True)
        with running([program, "-c", file], port, cwd=folder):
            yield port


@pytest.fixture
def proxy(live_server, tmp_path):
    (tmp_path / "private").mkdir(exist_ok=True)
    with nginx(live_server.url, tmp_path / "private") as port:
        yield port


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.content = response.status, response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def cache(self) -> str:
        """HIT or MISS, or what else nginx says of itself."""
        return self.headers["x-cache"]

    @property
    def picture(self) -> str:
        return self.headers.get("x-prodimages-status", "")


def get(port: int, address: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", address, headers=names)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def test_what_is_pending_is_never_kept_and_what_is_ready_always(proxy):
    make_scene()
    address = url(make_product())
    for _look in range(3):
        pending = get(proxy, address)
        assert (pending.picture, pending.cache) == ("pending", "MISS")
    work()
    first, second = get(proxy, address), get(proxy, address)
    assert (first.picture, first.cache) == ("ready", "MISS")
    assert (second.picture, second.cache, second.content) == ("ready", "HIT", first.content)
    known = get(proxy, address, If_None_Match=first.headers["etag"])
    assert (known.status, known.content, known.cache) == (304, b"", "HIT")


def test_shopper_b_never_gets_what_is_a_s(proxy):
    make_scene("marble", segment="a", style=make_style(requires_review=False), position=1)
    make_scene("marble", style=make_style(requires_review=False))
    product = make_product()
    addresses = {who: url(product, segment=who) for who in "ab"}
    for address in addresses.values():
        get(proxy, address, Cookie="sessionid=one")
    work()
    own = {
        image.pk: set(image.renditions.values_list("digest", flat=True))
        for image in GeneratedImage.objects.all()
    }
    assert len(own) == 2
    seen = {}
    # Each in turn, with headers by which a careless cache or origin would mix them up.
    for look in range(2):
        for who, address in addresses.items():
            for language in ("en", "zh-hans"):
                answer = get(
                    proxy,
                    address,
                    Cookie=f"sessionid={who}",
                    Accept_Language=language,
                    Accept="image/avif" if look else "*/*",
                    Accept_Encoding="gzip",
                )
                assert not {"set-cookie", "vary", "content-encoding"} & set(answer.headers)
                seen.setdefault(who, set()).add(answer.headers["etag"].strip('"'))
    assert all(len(tags) == 1 for tags in seen.values())
    assert seen["a"] != seen["b"]
    digests = {who: next(iter(tags)) for who, tags in seen.items()}
    found = {who: Rendition.objects.get(digest__startswith=tag) for who, tag in digests.items()}
    assert found["a"].image.job.style.scenes.get().segment == "a"
    assert found["b"].image.job.style.scenes.get().segment == ""


def test_each_format_and_width_has_a_place_of_its_own(proxy):
    make_scene()
    product = make_product()
    get(proxy, url(product))
    work()
    tags = set()
    for _look in range(2):
        for format in ("avif", "webp", "jpeg"):
            for width in (64, 128):
                answer = get(proxy, url(product, width=width, format=format))
                assert answer.headers["content-type"] == f"image/{format}"
                tags.add(answer.headers["etag"])
    assert len(tags) == 6


def test_refusals_are_not_kept_and_keep_nothing(proxy):
    make_scene()
    address = url(make_product())
    forged = address.replace("s=", "s=A")
    for _look in range(2):
        refused = get(proxy, forged)
        assert (refused.status, refused.cache) == (403, "MISS")
        assert get(proxy, address + "&x=1").status == 400
    assert get(proxy, address).picture == "pending"


def test_an_address_of_another_day_is_another_address(proxy, monkeypatch):
    make_scene()
    product = make_product()
    today = url(product)
    get(proxy, today)
    work()
    assert get(proxy, today).picture == "ready"
    later = signing.time.time() + 2 * 86_400
    monkeypatch.setattr(signing.time, "time", lambda: later)
    tomorrow = url(product)
    assert urlsplit(tomorrow).path == urlsplit(today).path
    assert get(proxy, tomorrow).cache == "MISS"
    assert get(proxy, tomorrow).cache == "HIT"
    assert get(proxy, today).cache == "HIT"


def test_nginx_sends_the_file_itself_where_it_is_told_to(proxy, settings, shop):
    settings.PRODIMAGES = shop | {"STOREFRONT_ACCEL": "/private/"}
    make_scene()
    product = make_product()
    address = url(product)
    get(proxy, address)
    work()
    answer = get(proxy, address)
    rendition = Rendition.objects.get(format="jpeg", width=128)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "x-accel-redirect" not in answer.headers
    assert hashlib.sha256(answer.content).hexdigest() == rendition.digest
    assert get(proxy, f"/private/{rendition.file.name}").status == 404


def test_what_is_taken_back_is_gone_from_the_origin_at_once(proxy, live_server):
    make_scene()
    product = make_product()
    get(proxy, url(product))
    work()
    assert get(proxy, url(product)).picture == "ready"
    publishing.unpublish(GeneratedImage.objects.get())
    origin = urlsplit(live_server.url).port
    connection = http.client.HTTPConnection("127.0.0.1", origin, timeout=60)
    connection.request("GET", url(product))
    assert connection.getresponse().getheader(STATUS) == "pending"
    connection.close()
