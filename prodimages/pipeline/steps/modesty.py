"""Step ``modesty``: refuses shoppers' photos of naked people, before anything is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

LIMIT = 0.7
"""Above this probability a photo is refused; swimwear passes, most of what is less does not."""


class Modesty(Step):
    """House models' photos pass: staff have looked at them."""

    name = "modesty"
    needs = frozenset({"person_rgb"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        if context.person is None or not context.person.is_shopper:
            return
        from prodimages.safety.nudity import nudity

        if nudity(context["person_rgb"]) > LIMIT:
            message = _("This photo can't be used. Please wear at least a fitted top.")
            raise JobFailure(FailureKind.CONTENT_REFUSED, message)
