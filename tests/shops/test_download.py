"""Photos by addresses that nobody here has looked at."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from urllib3.util import connection

from prodimages.shops.connections import AddressRefused
from prodimages.shops.download import download
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable

OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"


@pytest.fixture
def serve():
    """Answers each connection by a function of its socket; gives ``host:port``."""
    listeners = []

    def start(answer) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            while True:
                try:
                    peer, _address = listener.accept()
                except OSError:
                    return
                with peer:
                    try:
                        peer.recv(65536)
                        answer(peer)
                    except OSError:
                        pass  # the client hung up, which is what these tests are about

        threading.Thread(target=run, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def fixed(*parts: bytes):
    return lambda peer: peer.sendall(b"".join(parts))


def test_a_photo_of_an_allowed_host_is_read(serve):
    host = serve(fixed(OK, b"Content-Length: 5\r\n\r\nphoto"))
    assert download(f"http://{host}/a.jpg", allow_hosts=[host]) == b"photo"
    assert download(f"http://{host}/a.jpg", allow_hosts=["127.0.0.1"]) == b"photo"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.jpg",
        "https://10.1.2.3/a.jpg",
        "https://192.168.0.4:8443/a.jpg",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/a.jpg",
        "https://[::ffff:169.254.169.254]/a.jpg",
        "https://[fd00:ec2::254]/a.jpg",
        "https://0.0.0.0/a.jpg",
        "https://2130706433/a.jpg",
        "https://100.64.0.1/a.jpg",
    ],
)
def test_private_and_metadata_addresses_are_refused(url):
    with pytest.raises(AddressRefused, match="private network"):
        download(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://example.com/a.jpg",
        "ftp://example.com/a.jpg",
        "gopher://x",
        "https://",
        "https://[half/a.jpg",
        "/a.jpg",
        "",
    ],
)
def test_only_https_addresses_are_called(url):
    with pytest.raises(AddressRefused, match="not an https address"):
        download(url)


def test_a_name_of_a_private_address_is_refused(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _resolving_to(["127.0.0.1"]))
    with pytest.raises(AddressRefused):
        download("https://innocent.example/a.jpg")


def test_a_name_that_changes_its_mind_is_asked_once(monkeypatch):
    called = []

    def connect(address, *args, **kwargs):
        called.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", _resolving_to(["93.184.215.14", "127.0.0.1"]))
    monkeypatch.setattr(connection, "create_connection", connect)
    with pytest.raises(PlatformUnavailable):
        download("https://rebinding.example/a.jpg")
    assert called == [("93.184.215.14", 443)]


def _resolving_to(addresses):
    left = list(addresses)

    def resolve(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    return resolve


@pytest.mark.parametrize(
    "target", ["https://169.254.169.254/latest/", "http://example.com/", "file:///etc/passwd"]
)
def test_a_redirect_is_looked_at_like_the_first_address(serve, target):
    head = b"HTTP/1.1 302 Found\r\nLocation: " + target.encode() + b"\r\nContent-Length: 0\r\n\r\n"
    host = serve(fixed(head))
    with pytest.raises(AddressRefused):
        download(f"http://{host}/a.jpg", allow_hosts=[host])


def test_redirects_end(serve):
    host = serve(fixed(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(PlatformRefused, match="without end"):
        download(f"http://{host}/a.jpg", allow_hosts=[host])


def test_a_body_over_the_cap_is_stopped(serve):
    def endless(peer):
        peer.sendall(OK + b"\r\n")
        while True:
            peer.sendall(b"x" * 65536)

    host = serve(endless)
    with pytest.raises(PlatformRefused, match="more than 2 MiB"):
        download(f"http://{host}/a.jpg", allow_hosts=[host], most=2 * 1024 * 1024)
    told = serve(fixed(OK, b"Content-Length: 99999999\r\n\r\n"))
    with pytest.raises(PlatformRefused, match="more than 2 MiB"):
        download(f"http://{told}/a.jpg", allow_hosts=[told], most=2 * 1024 * 1024)


def _drip(first: bytes):
    def answer(peer):
        peer.sendall(first)
        while True:
            peer.sendall(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("first", [OK + b"\r\n", OK + b"X-Slow: ", b""])
def test_a_server_that_drips_is_stopped_by_the_clock(serve, first):
    host = serve(_drip(first))
    began = time.monotonic()
    with pytest.raises(PlatformUnavailable):
        download(f"http://{host}/a.jpg", allow_hosts=[host], seconds=0.5)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "status, error",
    [(404, PlatformRefused), (503, PlatformUnavailable), (429, PlatformUnavailable)],
)
def test_a_status_says_whether_trying_again_helps(serve, status, error):
    host = serve(fixed(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()))
    with pytest.raises(error, match=str(status)):
        download(f"http://{host}/a.jpg", allow_hosts=[host])


def test_a_body_that_breaks_off_is_told(serve):
    host = serve(fixed(OK, b"Content-Length: 100\r\n\r\nhalf"))
    with pytest.raises(PlatformUnavailable):
        download(f"http://{host}/a.jpg", allow_hosts=[host])


def test_a_redirect_to_no_address_is_refused_in_words(serve):
    head = b"HTTP/1.1 302 Found\r\nLocation: http://[::1/x\r\nContent-Length: 0\r\n\r\n"
    host = serve(fixed(head))
    with pytest.raises(PlatformRefused, match="sends on to an address that is none"):
        download(f"http://{host}/a.jpg", allow_hosts=[host])


@pytest.mark.parametrize(
    "url", ["https://exa mple/a.jpg", "https://①②⑦.0.0.1/a.jpg", "https://\ufffd/a.jpg"]
)
def test_a_host_that_is_no_name_is_refused_for_good(url):
    with pytest.raises(AddressRefused, match=r"no name of a server|private network"):
        download(url)


def test_a_stated_length_that_is_no_number_does_not_count(serve):
    host = serve(fixed(OK, b"Content-Length: abc\r\n\r\nphoto"))
    assert download(f"http://{host}/a.jpg", allow_hosts=[host]) == b"photo"


def test_a_stated_length_of_any_digits_is_too_big(serve):
    host = serve(fixed(OK, b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nphoto"))
    with pytest.raises(PlatformRefused, match="more than"):
        download(f"http://{host}/a.jpg", allow_hosts=[host])
