"""The form behind “Generate images…”, and the one that takes a mask."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from prodimages.admin.selection import Selection
from prodimages.admin.style_cards import StyleCards, shipped_name
from prodimages.choices import Reason
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.models import Style, StyleRule
from prodimages.pipeline.steps.generate import MAX_SEED


def new_key() -> str:
    """One key a form shown: a form that is sent twice is one order."""
    return secrets.token_urlsafe(18)


class StyleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows what a style is for beside its name."""

    def label_from_instance(self, obj: Any) -> str:
        name = shipped_name(obj)
        return f"{name} – {obj.description}" if obj.description else name


class GenerateForm(forms.Form):
    style = StyleChoice(queryset=Style.objects.none(), label=_("Style"), widget=StyleCards)
    count = forms.IntegerField(label=_("Pictures a product"), min_value=1, initial=1)
    prompt = forms.CharField(
        label=_("Words to add"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Added to the style's own prompt, such as “warm light from the left”."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=MAX_SEED,
        help_text=_("The same number makes the same picture again. Empty: chosen for you."),
    )
    size = forms.IntegerField(
        label=_("Longest side"),
        required=False,
        help_text=_("In pixels. Empty: as the style says."),
    )
    fill = forms.FloatField(
        label=_("Share of the picture"),
        required=False,
        min_value=0.05,
        max_value=1,
        help_text=_("Of the product, from 0.05 to 1. Empty: as the style says."),
    )
    enlargement = forms.ChoiceField(
        label=_("Small photos"),
        required=False,
        choices=[
            ("", _("as the style says")),
            ("smooth", _("enlarge 1.5 times at most")),
            ("learned", _("enlarge by a trained model where needed")),
        ],
    )
    proof = forms.BooleanField(
        label=_("Proof first"),
        required=False,
        initial=True,
        help_text=_("Make the first three and hold the rest until you have looked at them."),
    )
    selection = forms.CharField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, shop: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style = self.fields["style"]
        assert isinstance(style, StyleChoice)
        style.queryset = Style.objects.offered(shop)
        if StyleRule.objects.for_shop(shop).exists():
            style.required = False
            style.empty_label = str(_("Let the rules choose for each product"))
        else:
            style.empty_label = None
        self._limit("count", 1, settings.MAX_COUNT)
        self._limit("size", settings.MIN_SIZE, settings.MAX_SIZE)

    def _limit(self, name: str, least: int, most: int) -> None:
        old = self.fields[name]
        assert isinstance(old, forms.IntegerField)
        self.fields[name] = forms.IntegerField(
            label=old.label,
            required=old.required,
            initial=old.initial,
            help_text=old.help_text,
            min_value=least,
            max_value=most,
        )

    def clean_selection(self) -> Selection:
        try:
            return Selection.parse(self.cleaned_data["selection"])
        except ValueError as error:
            raise forms.ValidationError(
                _("The list of products was lost; tick them again.")
            ) from error

    def refuse(self, refused: RequestRefused, *, most: int = 10) -> None:
        """Show why an order was refused, beside the fields that caused it."""
        for name, texts in refused.problems.items():
            field = name if name in self.fields and name not in {"selection", "key"} else None
            for text in texts[:most]:
                self.add_error(field, text)
            if (more := len(texts) - most) > 0:
                self.add_error(field, _("… and %(more)d more.") % {"more": more})


class RejectActionForm(ActionForm):
    """The list's choice of actions, with the reason that rejecting asks for."""

    code = forms.ChoiceField(
        label=_("Reason:"), required=False, choices=[("", _("if rejected: why")), *Reason.choices]
    )


class MaskForm(forms.Form):
    mask = forms.FileField(
        label=_("Mask"),
        help_text=_("An 8-bit gray PNG of the photo's size: white is product, black is not."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png"}),
    )

    def clean_mask(self) -> bytes:
        upload = self.cleaned_data["mask"]
        if upload.size > settings.MAX_PHOTO_BYTES:
            raise forms.ValidationError(_("The file is too large for a mask."))
        content: bytes = upload.read()
        return content


class EditedMaskForm(MaskForm):
    """A mask as the cut-out page sends it, painted there or made elsewhere."""

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    use = forms.BooleanField(required=False, label=_("Use it at once"), initial=True)
