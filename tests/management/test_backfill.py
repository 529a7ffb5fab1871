from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from prodimages.models import Budget, GenerationJob, StyleRule, Submission
from prodimages.services import backfill
from prodimages.services.mirroring import mirror
from prodimages.services.shipped import shipped_styles
from prodimages.shops.platform import PlatformUnavailable
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.concurrency import at_once
from tests.factories import make_product, make_style
from tests.testapp.platform import DictionaryShop, outside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(flat, monkeypatch):
    monkeypatch.setattr(backfill, "CHUNK", 4)


@pytest.fixture
def style():
    return make_style(slug="flat-one")


@pytest.fixture
def products():
    return [make_product() for _number in range(10)]


def run(*arguments, **options):
    out = io.StringIO()
    call_command("prodimages_backfill", *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def facts(*arguments):
    out = io.StringIO()
    call_command("prodimages_backfill", *arguments, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_every_product_is_ordered_once(style, products):
    told = run("--style", "flat-one")
    assert "10 products ordered in 10 jobs" in told
    assert GenerationJob.objects.count() == 10
    assert Submission.objects.count() == 3
    again = facts("--style", "flat-one")
    assert (again["ordered"], again["before"], again["jobs"]) == (0, 10, 0)
    assert GenerationJob.objects.count() == 10


def test_a_dry_run_counts_and_orders_nothing(style, products):
    make_product(photo=None)
    told = run("--style", "flat-one", "--dry-run")
    assert "10 products would be ordered" in told
    assert "1 skipped: The product has no photo yet." in told
    assert not GenerationJob.objects.exists()


def test_another_style_is_another_backfill(style, products):
    run("--style", "flat-one")
    make_style(slug="flat-two")
    assert facts("--style", "flat-two")["jobs"] == 10


def test_only_what_meets_every_condition(style):
    make_product(category="shoes/boots", tags=["Sale"], name="Boot")
    make_product(category="shoes", name="Sandal")
    make_product(category="shoestrings", tags=["sale"])
    made = facts("--style", "flat-one", "--where", "category=Shoes", "--where", "tag=sale")
    assert (made["matching"], made["ordered"]) == (1, 1)
    assert GenerationJob.objects.get().product_label == "Boot"
    assert facts("--style", "flat-one", "--where", "name=sandal")["ordered"] == 1


def test_the_rules_choose_where_no_style_is_named(style, products):
    make_product(category="hats")
    StyleRule.objects.all().delete()
    rule = StyleRule.objects.create(name="kitchen", category="kitchen")
    rule.styles.set([style, make_style()])
    made = facts()
    assert (made["ordered"], made["jobs"], made["skipped"]) == (10, 20, 1)
    assert made["reasons"] == {"No rule chooses a style for it.": 1}


def test_products_without_photos_are_skipped_with_the_reason(style, products):
    for _number in range(6):
        make_product(photo=None)
    made = facts("--style", "flat-one")
    assert (made["ordered"], made["skipped"]) == (10, 6)


def test_an_interrupted_run_goes_on(style, products):
    wish = backfill.Wish(shop="local", style=style)
    next(backfill.run(wish, backfill.Progress()))
    assert GenerationJob.objects.count() == 4
    made = facts("--style", "flat-one")
    assert (made["before"], made["ordered"]) == (4, 6)


def test_a_new_product_is_ordered_by_the_next_run(style, products):
    run("--style", "flat-one")
    make_product()
    assert facts("--style", "flat-one")["ordered"] == 1


def test_a_budget_is_used_up_and_then_stops_the_run(style, products):
    budget = Budget.objects.create(shop="local", pictures=7)
    with pytest.raises(CommandError, match="same command again") as stopped:
        run("--style", "flat-one")
    assert stopped.value.returncode == 3
    assert GenerationJob.objects.count() == 7
    budget.pictures = 100
    budget.save()
    assert facts("--style", "flat-one")["ordered"] == 3


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--shop", "nowhere"], "There is no shop"),
        (["--style", "none-such"], "There is no style"),
        (["--where", "price=3"], "There is no condition “price”"),
        (["--where", "category"], "FIELD=VALUE"),
        (["--mirror"], "not one of an outside platform"),
    ],
)
def test_what_can_not_be_done_is_said_in_words(arguments, words, products, flat):
    from prodimages.models import Style

    Style.objects.all().delete()
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not GenerationJob.objects.exists()


def test_a_style_that_can_not_be_served_stops_the_run(products):
    make_style(slug="broken", parameters={"bad": 1})
    with pytest.raises(CommandError, match="not known"):
        run("--style", "broken")


def test_a_new_shop_is_given_the_shipped_styles_by_a_command(settings, flat):
    settings.PRODIMAGES = {"SHOPS": flat["SHOPS"] | {"hats": flat["SHOPS"]["local"]}}
    with pytest.raises(CommandError, match="prodimages_styles --shop hats"):
        run("--shop", "hats", "--style", "white-packshot")
    out = io.StringIO()
    for told in (f"{len(shipped_styles('hats'))} styles were installed", "0 styles were installed"):
        call_command("prodimages_styles", "--shop", "hats", stdout=out)
        assert told in out.getvalue()
    assert run("--shop", "hats", "--style", "white-packshot", "--dry-run")


def test_styles_are_installed_in_declared_shops_only():
    with pytest.raises(CommandError, match="There is no shop"):
        call_command("prodimages_styles", "--shop", "nowhere")


@pytest.fixture
def shoes(settings, flat):
    backend = "tests.testapp.platform.DictionaryShop"
    settings.PRODIMAGES = flat | {"SHOPS": flat["SHOPS"] | {"shoes": {"BACKEND": backend}}}
    DictionaryShop.forget()
    make_style(slug="flat-one", shop="shoes")
    yield DictionaryShop
    DictionaryShop.forget()


def test_an_outside_shop_is_mirrored_first(shoes):
    make_product()  # of the other shop
    shoes.remote = {str(number): outside(str(number)) for number in range(6)}
    told = run("--shop", "shoes", "--style", "flat-one", "--mirror")
    assert "6 products were mirrored." in told
    assert GenerationJob.objects.filter(shop="shoes").count() == 6
    assert not MirroredProduct.objects.filter(waits=True).exists()
    shoes.asked = []
    shoes.remote["new"] = outside("new")
    run("--shop", "shoes", "--style", "flat-one", "--mirror")
    assert shoes.asked == ["new"]
    assert GenerationJob.objects.count() == 7


def test_mirroring_is_not_part_of_a_dry_run(shoes):
    shoes.remote = {"1": outside("1")}
    told = run("--shop", "shoes", "--style", "flat-one", "--mirror", "--dry-run")
    assert "1 products of the shop are not mirrored yet." in told
    assert not Product.objects.exists()


def test_a_shop_that_stumbles_is_waited_for(shoes, monkeypatch):
    shoes.remote = {"1": outside("1")}
    backend, waits = shoes("shoes", {}), []
    answers = [PlatformUnavailable("503", retry_after=7), PlatformUnavailable("503"), None]
    fetch = backend.fetch

    def stumble(external_id):
        if error := answers.pop(0):
            raise error
        return fetch(external_id)

    monkeypatch.setattr(backend, "fetch", stumble)
    assert list(mirror(backend, ["1"], sleep=waits.append)) == [True]
    assert waits == [7, 4]


def test_a_shop_that_stays_away_ends_the_run_in_words(shoes, monkeypatch):
    shoes.remote, shoes.is_down = {"1": outside("1")}, True
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("prodimages.services.mirroring.ATTEMPTS", 1)
    with pytest.raises(CommandError, match="503"):
        run("--shop", "shoes", "--style", "flat-one", "--mirror")


def test_a_backfilled_product_gets_no_first_pictures_by_an_event(shoes):
    backend = shoes("shoes", {})
    taken = backend.take(outside("1"), as_of=outside("1").updated_at)
    assert taken.waits
    run("--shop", "shoes", "--style", "flat-one")
    assert not MirroredProduct.objects.get().waits


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_order_nothing_twice(style, products):
    wish = backfill.Wish(shop="local", style=style)

    def go(number):
        progress = backfill.Progress()
        list(backfill.run(wish, progress))
        return progress

    outcomes = at_once(3, go)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert GenerationJob.objects.count() == 10
    assert {outcome.looked_at for outcome in outcomes} == {10}


@pytest.mark.django_db(transaction=True)
def test_runs_whose_pieces_overlap_order_nothing_twice(style, products, monkeypatch):
    """Somebody deletes a product, so that the pieces of the second run begin elsewhere."""
    wish = backfill.Wish(shop="local", style=style)
    whole = backfill._without_ordered
    asked = []

    def late(wish, wanted):
        asked.append(wanted)
        if len(asked) == 1:  # asked before the other run had written
            backfill_submit(products[2:5])
            return list(wanted)
        return whole(wish, wanted)

    def backfill_submit(part):
        backfill.submit(backfill._as_order(wish, part))

    monkeypatch.setattr(backfill, "_without_ordered", late)
    progress = backfill.Progress()
    list(backfill.run(wish, progress))
    assert GenerationJob.objects.count() == 10
    assert (progress.ordered, progress.before) == (7, 3)
