"""System checks: what is missing or misconfigured, with an id and what to do about it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import InvalidCacheBackendError, caches
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import InvalidStorageError, storages
from django.db import connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from prodimages.conf import DEFAULTS, settings
from prodimages.services.rates import is_exact, parse_rate


@register("prodimages")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(
            f'PRODIMAGES has no setting "{name}".',
            hint=f"Known settings: {', '.join(sorted(DEFAULTS))}.",
            id="prodimages.E001",
        )
        for name in settings.unknown_names()
    ]
    for kind, name, declared in _declared():
        found += _check_backend(kind, name, declared)
    if not settings.SHOPS:
        found.append(
            Error(
                "No shop is declared, so no product can be described and no picture published.",
                hint='Set PRODIMAGES["SHOPS"] = {"local": {"BACKEND": "yourshop.pictures.Shop"}}.',
                id="prodimages.E003",
            )
        )
    for name in (
        "AFFINITY_SECONDS",
        "BUDGET_PICTURE_SECONDS",
        "LEASE_SECONDS",
        "POLL_SECONDS",
        "MAX_ATTEMPTS",
        "MAX_COUNT",
        "MAX_SIZE",
        "TRY_ON_HOURS",
        "TRY_ON_SIZE",
        "STOREFRONT_DAYS",
        "STOREFRONT_EPOCH_SECONDS",
    ):
        value = getattr(settings, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            found.append(
                Error(
                    f'PRODIMAGES["{name}"] is {value!r}; it must be a number over zero.',
                    id="prodimages.E004",
                )
            )
    return found


@register("prodimages")
def check_time_zones(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for slug, declared in settings.SHOPS.items():
        name = declared.get("TIME_ZONE") if isinstance(declared, dict) else None
        try:
            zoneinfo.ZoneInfo(name or "UTC")
        except (KeyError, OSError, TypeError, ValueError):  # unknown, a path, none at all
            found.append(
                Error(
                    f'PRODIMAGES["SHOPS"]["{slug}"]["TIME_ZONE"] is {name!r}, which is no '
                    "time zone.",
                    hint="Use a name like Europe/Paris.",
                    id="prodimages.E008",
                )
            )
    return found


@register("prodimages")
def check_api_rates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    rates = settings.API_RATES if isinstance(settings.API_RATES, dict) else {"": settings.API_RATES}
    wrong = {name: rate for name, rate in rates.items() if name not in {"read", "write"}}
    for name, rate in rates.items():
        try:
            if rate is not None:
                parse_rate(rate)
        except (TypeError, ValueError):
            wrong[name] = rate
    if not wrong:
        return []
    return [
        Error(
            f'PRODIMAGES["API_RATES"] has no sense in {wrong!r}.',
            hint='Write {"read": "600/minute", "write": "120/minute"}; None is without limit.',
            id="prodimages.E009",
        )
    ]


@register("prodimages", deploy=True)
def check_api_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Only where the API is mounted, and for ``check --deploy``: one process counts well alone."""
    try:
        reverse("prodimages_api:generations")
    except NoReverseMatch:
        return []
    try:
        exact = is_exact(caches[settings.API_CACHE])
    except InvalidCacheBackendError:
        return [
            Error(
                f'CACHES declares no "{settings.API_CACHE}", in which the requests of the API '
                "are to be counted.",
                hint='Declare it, or name another in PRODIMAGES["API_CACHE"].',
                id="prodimages.E010",
            )
        ]
    if exact:
        return []
    return [
        Warning(
            f'The rates of the API are counted in CACHES["{settings.API_CACHE}"], which is not '
            "shared or not atomic: more requests than the limit may pass.",
            hint="Use Redis or Memcached to count exactly. Budgets are exact in any case.",
            id="prodimages.W004",
        )
    ]


def _declared() -> list[tuple[str, str, Any]]:
    return [
        *(("ENGINES", alias, value) for alias, value in settings.ENGINES.items()),
        *(("SHOPS", slug, value) for slug, value in settings.SHOPS.items()),
        ("CUTOUT", "", settings.CUTOUT),
        *([("ENLARGER", "", settings.ENLARGER)] if settings.ENLARGER else []),
    ]


def _check_backend(kind: str, name: str, declared: Any) -> list[CheckMessage]:
    where = f'PRODIMAGES["{kind}"]' + (f'["{name}"]' if name else "")
    path = declared.get("BACKEND") if isinstance(declared, dict) else None
    if not isinstance(path, str):
        return [Error(f'{where} names no "BACKEND".', id="prodimages.E002")]
    try:
        backend = import_string(path)
    except ImportError as error:
        return [Error(f"{where} can't be imported: {error}", id="prodimages.E002")]
    options = declared.get("OPTIONS", {})
    try:
        instance = backend(options) if kind in {"CUTOUT", "ENLARGER"} else backend(name, options)
    except Exception as error:  # a host's own class may raise anything
        return [Error(f"{where} can't be made: {error}", id="prodimages.E002")]
    check = getattr(instance, "check", None)
    return list(check()) if check else []


@register("prodimages")
def check_storage(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        storage = storages[settings.STORAGE]
    except InvalidStorageError:
        return [
            Warning(
                f'STORAGES declares no "{settings.STORAGE}"; private files go into a folder '
                "beside MEDIA_ROOT.",
                hint="Declare it, so that photos and unpublished pictures lie where you want "
                "them and no web server reaches them.",
                id="prodimages.W001",
            )
        ]
    if getattr(storage, "base_url", None) or getattr(storage, "querystring_auth", True) is False:
        return [
            Warning(
                f'STORAGES["{settings.STORAGE}"] gives its files public URLs, but it holds '
                "pictures that nobody has approved.",
                hint="Use prodimages.storage.PrivateFileSystemStorage, or a private bucket "
                "with signed URLs.",
                id="prodimages.W002",
            )
        ]
    return []


@register(Tags.database)
def check_database(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    from prodimages.models import GenerationJob

    alias = router.db_for_write(GenerationJob)
    if alias not in (databases or []):
        return found
    connection = connections[alias]
    if connection.vendor not in {"sqlite", "postgresql"}:
        return [
            Error(
                f"prodimages keeps its queue in the database and knows SQLite and PostgreSQL, "
                f"not {connection.vendor}.",
                hint="Make PostgreSQL the default database of the site.",
                id="prodimages.E005",
            )
        ]
    if connection.vendor == "sqlite" and (
        connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE"
    ):
        found.append(
            Warning(
                "SQLite begins its transactions without the write lock, so workers may fail "
                'with "database is locked".',
                hint='Set OPTIONS: {"transaction_mode": "IMMEDIATE", "timeout": 20} on the '
                "database.",
                id="prodimages.W003",
            )
        )
    return [*found, *_check_product_migration(), *_check_product_key(connection)]


def _check_product_migration() -> list[CheckMessage]:
    """Our tables must be made after the product's, on a fresh database as well."""
    if getattr(django_settings, "PRODIMAGES_PRODUCT_MIGRATION", None):
        return []
    label, name = settings.product_model.lower().split(".")
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    makers = [
        migration
        for migration in loader.disk_migrations.values()
        if migration.app_label == label
        and any(
            isinstance(operation, CreateModel) and operation.name_lower == name
            for operation in migration.operations
        )
    ]
    late = [m for m in makers if any(app == label for app, _name in m.dependencies)]
    if not makers or len(late) < len(makers):
        return []
    return [
        Error(
            "The product's table is not made by the first migration of its app, so a fresh "
            "database, that of your tests included, would get ours too early.",
            hint=f'Set PRODIMAGES_PRODUCT_MIGRATION = ("{label}", "{late[0].name}").',
            id="prodimages.E007",
        )
    ]


def _check_product_key(connection: Any) -> list[CheckMessage]:
    """The real foreign key in the database must point at the product model of the settings."""
    from prodimages.models import GenerationJob

    table = GenerationJob._meta.db_table
    wanted = apps.get_model(settings.product_model)._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return []  # not migrated yet; migrate says so itself
        relations = connection.introspection.get_relations(cursor, table)
    column = GenerationJob._meta.get_field("product").column
    actual = relations.get(column, (None, None))[1]
    if actual in {None, wanted}:
        return []
    return [
        Error(
            f"Jobs refer to products in the table “{actual}”, but PRODIMAGES_PRODUCT_MODEL "
            f"means “{wanted}”.",
            hint="The setting was changed after the first migrate. Set it back, or migrate "
            "prodimages to zero and up again, which drops its jobs and pictures.",
            id="prodimages.E006",
        )
    ]
