from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from prodimages.models import Style, StyleRule


@pytest.fixture
def boss(db) -> User:
    return User.objects.create_superuser("boss", password="x")


@pytest.fixture
def boss_client(boss) -> Client:
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def client_with(db):
    """A client of one of the staff who has just the named permissions (app.codename)."""

    def make(*names: str) -> Client:
        user = User.objects.create_user(f"staff-{User.objects.count()}", is_staff=True)
        for name in names:
            app, codename = name.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def flat_only(flat, db):
    """The flat engine, and none of the shipped styles, which it can't serve."""
    StyleRule.objects.all().delete()
    Style.objects.all().delete()
