from __future__ import annotations

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.168.1.4"}, 403),
        ({"REMOTE_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 403),
    ],
)
def test_the_demo_answers_to_its_own_machine_only(client, extra, status):
    assert client.get("/", **extra).status_code == status


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
