from __future__ import annotations

import pytest

from prodimages.choices import ImageState, Reason
from prodimages.models import GeneratedImage
from prodimages.services import reasons
from tests.factories import make_job, make_style, picture_details
from tests.services.running import run_to_the_end

CHECKS = [{"code": "enlarged", "message": "1.4 times"}, {"code": "cutout", "message": "Soft."}]


def test_checks_become_reasons_the_gravest_first():
    found = reasons.of_picture({"fidelity": {"checks": CHECKS}, "passed": True})
    assert found == {"reasons": ",edge,enlarged,", "severity": 5}


def test_a_picture_without_remarks_has_none():
    assert reasons.of_picture({"fidelity": {"checks": []}}) == {"reasons": "", "severity": 0}


def test_a_check_of_a_later_release_is_something_else():
    found = reasons.of_picture({"fidelity": {"checks": [{"code": "new", "message": ""}]}})
    assert found["reasons"] == ",other,"


def test_light_from_the_other_side_is_the_reason_of_light():
    found = reasons.of_picture({"fidelity": {"checks": [{"code": "light", "message": ""}]}})
    assert found["reasons"] == ",light,"


def test_one_that_failed_stands_before_any_remarks():
    changed = [{"code": "product_changed", "message": ""}]
    failed = reasons.of_picture({"fidelity": {"checks": changed}, "passed": False})
    every = [{"code": code, "message": ""} for code in reasons._OF_CHECK]
    remarks = reasons.of_picture({"fidelity": {"checks": every}}, ["Not honored: unicorn."])
    assert failed["severity"] > remarks["severity"]


@pytest.mark.django_db
def test_a_wish_that_the_engine_ignores_is_a_reason_of_its_picture(flat):
    job = run_to_the_end(make_job(prompt="unheard words"))
    image = job.images.get()
    assert Reason.WORDS in image.reason_list
    assert image.severity >= 1


@pytest.mark.django_db
def test_rejections_are_counted_by_style_in_one_query(flat, django_assert_num_queries):
    first, second = make_style(), make_style()
    for style, codes in ((first, ["edge", "light", "edge"]), (second, ["words"])):
        job = make_job(style=style, count=3)
        for index, code in enumerate(codes):
            GeneratedImage.objects.create(
                job=job,
                index=index,
                product=job.product,
                state=ImageState.REJECTED,
                reject_code=code,
                **picture_details(),
            )
    with django_assert_num_queries(1):
        counts = reasons.rejections([first.pk, second.pk])
    assert counts == {first.pk: {"edge": 2, "light": 1}, second.pk: {"words": 1}}
    assert list(counts[first.pk]) == ["edge", "light"]
