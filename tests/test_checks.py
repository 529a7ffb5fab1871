from __future__ import annotations

import pytest
from django.core import checks
from django.db import connection, connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from prodimages.checks import check_database, check_settings, check_storage
from prodimages.models import GenerationJob
from prodimages.shopper_checks import check_storefront, check_try_on
from shop_integration.catalogue.shop import CatalogueShop

SHOP = {"BACKEND": "shop_integration.catalogue.shop.CatalogueShop"}


class Broken(CatalogueShop):
    """A host's class with a mistake in it."""

    def __init__(self, shop, options):
        raise KeyError("token")


def ids(found):
    return [message.id for message in found]


def settings_with(settings, **values):
    settings.PRODIMAGES = {"SHOPS": {"local": SHOP}, **values}
    return check_settings(None)


def test_the_reference_project_has_nothing_to_complain_of():
    assert checks.run_checks(tags=["prodimages"]) == []


def test_a_misspelled_setting_is_named(settings):
    (found,) = settings_with(settings, LEASE_SECOND=5)
    assert found.id == "prodimages.E001"
    assert '"LEASE_SECOND"' in found.msg
    assert "LEASE_SECONDS" in found.hint


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ENGINES": {"fast": {}}}, 'PRODIMAGES["ENGINES"]["fast"] names no "BACKEND"'),
        ({"ENGINES": {"fast": "engine.Fast"}}, 'PRODIMAGES["ENGINES"]["fast"] names no "BACKEND"'),
        ({"SHOPS": {"eu": {"BACKEND": "no.such.Shop"}}}, "No module named 'no'"),
        ({"SHOPS": {"eu": {"BACKEND": f"{__name__}.Missing"}}}, '"Missing"'),
        ({"SHOPS": {"eu": {"BACKEND": f"{__name__}.Broken"}}}, "can't be made: 'token'"),
        ({"CUTOUT": {"OPTIONS": {}}}, 'PRODIMAGES["CUTOUT"] names no "BACKEND"'),
    ],
)
def test_a_backend_that_can_not_be_had_is_named(settings, values, words):
    (found,) = settings_with(settings, **values)
    assert found.id == "prodimages.E002"
    assert words in found.msg


def test_no_shop_is_an_error(settings):
    settings.PRODIMAGES = {}
    assert ids(check_settings(None)) == ["prodimages.E003"]


@pytest.mark.parametrize("value", [0, -1, "60", None, True])
def test_a_number_that_is_none_is_refused(settings, value):
    (found,) = settings_with(settings, LEASE_SECONDS=value)
    assert found.id == "prodimages.E004"
    assert repr(value) in found.msg


def test_a_backend_is_asked_for_its_own_messages(settings):
    own = {"BACKEND": "prodimages.cutouts.u2netp.U2NetpCutout", "OPTIONS": {"MODEL": "x"}}
    (found,) = settings_with(settings, CUTOUT=own)
    assert found.id == "prodimages.E030"


@pytest.mark.django_db
def test_the_database_is_not_touched_unless_it_is_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert check_database(None) == []
        assert check_database(None, databases=["other"]) == []


@pytest.mark.django_db
def test_the_database_of_the_reference_project_passes():
    assert check_database(None, databases=["default"]) == []


@pytest.mark.django_db
def test_another_database_vendor_is_refused(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "mysql")
    (found,) = check_database(None, databases=["default"])
    assert found.id == "prodimages.E005"
    assert "not mysql" in found.msg


@pytest.mark.django_db
def test_a_foreign_key_to_another_table_than_the_settings_mean_is_noticed(settings):
    settings.PRODIMAGES_PRODUCT_MODEL = "auth.Group"
    found = check_database(None, databases=["default"])
    assert ids(found) == ["prodimages.E006"]
    assert "“prodimages_catalogue_product”" in found[0].msg
    assert "“auth_group”" in found[0].msg


@pytest.mark.django_db
def test_before_the_first_migrate_there_is_no_foreign_key_to_compare(settings, monkeypatch):
    settings.PRODIMAGES_PRODUCT_MODEL = "auth.Group"
    monkeypatch.setattr(GenerationJob._meta, "db_table", "not_there_yet")
    assert check_database(None, databases=["default"]) == []


@pytest.mark.django_db
def test_a_product_made_late_needs_its_migration_named(monkeypatch):
    """What it does in a whole project is shown by tests/models."""
    late = Migration("0002_product", "prodimages_catalogue")
    late.dependencies = [("prodimages_catalogue", "0001_initial")]
    late.operations = [CreateModel("Product", [])]
    disk = {("prodimages_catalogue", "0002_product"): late}
    monkeypatch.setattr(
        MigrationLoader, "load_disk", lambda self: vars(self).update(disk_migrations=disk)
    )
    (found,) = check_database(None, databases=["default"])
    assert found.id == "prodimages.E007"
    assert '= ("prodimages_catalogue", "0002_product").' in found.hint


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
@pytest.mark.parametrize("mode", [None, "DEFERRED"])
def test_sqlite_without_the_write_lock_is_warned_of(monkeypatch, mode):
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "transaction_mode", mode)
    (found,) = check_database(None, databases=["default"])
    assert (found.id, found.level) == ("prodimages.W003", checks.WARNING)


def storages_with(settings, **private):
    others = {name: value for name, value in settings.STORAGES.items() if name != "prodimages"}
    settings.STORAGES = {**others, **({"prodimages": private} if private else {})}
    return check_storage(None)


def test_an_undeclared_private_storage_is_warned_of(settings):
    assert ids(storages_with(settings)) == ["prodimages.W001"]


def test_a_private_storage_with_public_addresses_is_warned_of(settings):
    found = storages_with(
        settings,
        BACKEND="django.core.files.storage.FileSystemStorage",
        OPTIONS={"base_url": "/private/"},
    )
    assert ids(found) == ["prodimages.W002"]


def test_our_private_storage_has_no_public_addresses(settings, tmp_path):
    private = "prodimages.storage.PrivateFileSystemStorage"
    assert storages_with(settings, BACKEND=private, OPTIONS={"location": tmp_path}) == []


@pytest.mark.parametrize(("signed", "expected"), [(True, []), (False, ["prodimages.W002"])])
def test_a_bucket_must_sign_its_addresses(settings, signed, expected):
    bucket = {"bucket_name": "pictures", "querystring_auth": signed, "region_name": "eu-north-1"}
    found = storages_with(settings, BACKEND="storages.backends.s3.S3Storage", OPTIONS=bucket)
    assert ids(found) == expected


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WIDTHS", [], "list of widths"),
        ("WIDTHS", 640, "list of widths"),
        ("WIDTHS", ["640"], "list of widths"),
        ("WIDTHS", [640, 640], "each once"),
        ("WIDTHS", [4], "16 to 8192"),
        ("FORMATS", ["png"], "avif, webp, jpeg"),
        ("FORMATS", "webp", "avif, webp, jpeg"),
        ("FORMATS", [["webp"]], "avif, webp, jpeg"),
        ("BEACON_RATE", "often", "60/minute"),
        ("BEACON_RATE", None, "60/minute"),
        ("MAX_AGE", -1, "seconds"),
        ("PRODUCT_PICTURES", "12", "whole number"),
        ("SHOP_PICTURES", True, "whole number"),
        ("KEYS", "a-long-secret-in-a-string", "list of secrets"),
        ("KEYS", ["short"], "16 characters"),
        ("ACCEL", "/private", "internal location"),
        ("ACCEL", None, "internal location"),
    ],
)
def test_settings_of_the_storefront_have_a_shape(settings, name, value, words):
    settings.PRODIMAGES = {"SHOPS": {"local": SHOP}, f"STOREFRONT_{name}": value}
    (found,) = check_storefront(None)
    assert found.id == "prodimages.E074"
    assert f"STOREFRONT_{name}" in found.msg
    assert words in found.hint


def test_shapes_that_can_be_used_pass(settings):
    settings.PRODIMAGES = {
        "SHOPS": {"local": SHOP},
        **{"STOREFRONT_WIDTHS": (400, 800), "STOREFRONT_FORMATS": [], "STOREFRONT_MAX_AGE": 0},
        **{"STOREFRONT_KEYS": ["x" * 16, b"y" * 20], "STOREFRONT_BEACON_RATE": "5/second"},
    }
    assert check_storefront(None) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TRY_ON_CONSENT_VERSION", 2, "prodimages.E075"),
        ("TRY_ON_CONSENT_VERSION", "", "prodimages.E075"),
        ("TRY_ON_CONSENT_VERSION", "v" * 41, "prodimages.E075"),
        ("TRY_ON_SIZE", 64, "prodimages.E076"),
        ("TRY_ON_SIZE", 9000, "prodimages.E076"),
        ("TRY_ON_QUOTAS", {"shop": 3}, "prodimages.E072"),
        ("TRY_ON_QUOTAS", {"token": -1}, "prodimages.E072"),
        ("TRY_ON_PROXIES", "1", "prodimages.E073"),
        ("SHOPPER_STORAGE", "nowhere", "prodimages.E070"),
        ("SHOPPER_STORAGE", "default", "prodimages.E071"),
    ],
)
def test_settings_of_try_ons_have_a_shape(settings, name, value, expected):
    settings.PRODIMAGES = {"SHOPS": {"local": SHOP}, name: value}
    assert [found.id for found in check_try_on(None)] == [expected]


def test_a_site_is_told_when_shoppers_photos_leave_the_machine(settings):
    far = {
        "BACKEND": "prodimages.engines.remote.RemoteEngine",
        "OPTIONS": {"URL": "http://gpu:8000/v1", "MODEL": "m"},
    }
    near = {"BACKEND": "prodimages.engines.fitting.FittingEngine"}
    for engine, expected in ((far, ["prodimages.W013"]), (near, [])):
        settings.PRODIMAGES = {
            "SHOPS": {"local": SHOP},
            "ENGINES": {"worn": engine},
            "TRY_ON_ENGINE": "worn",
        }
        assert ids(check_try_on(None)) == expected
