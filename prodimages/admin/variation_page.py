"""“More like this”: the form below a picture that is compared, and its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prodimages.admin.access import may_generate
from prodimages.admin.forms import new_key
from prodimages.admin.pages import admin_url
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.models import GeneratedImage
from prodimages.services import variations

if TYPE_CHECKING:
    from prodimages.admin.images import GeneratedImageAdmin


class VariationForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("Pictures"), min_value=1, initial=4)
    locked = forms.MultipleChoiceField(
        label=gettext_lazy("Keep from this picture"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    varied = forms.MultipleChoiceField(
        label=gettext_lazy("Draw anew for each picture"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, image: GeneratedImage, data: QueryDict | None = None) -> None:
        parts = variations.lockable(image)
        super().__init__(data, initial={"key": new_key(), "locked": parts})
        for name, offered in (("locked", parts), ("varied", variations.variable(image))):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(part, variations.PARTS[part]) for part in offered]
        self.fields["count"] = forms.IntegerField(
            label=_("Pictures"),
            min_value=1,
            max_value=settings.MAX_COUNT,
            initial=min(4, settings.MAX_COUNT),
        )


def order(admin: GeneratedImageAdmin, request: HttpRequest, image: GeneratedImage) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not may_generate(request):
        raise PermissionDenied
    form = VariationForm(image, request.POST)
    back = admin_url(admin.admin_site, "prodimages_generatedimage_compare", image.pk)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return HttpResponseRedirect(back)
    try:
        receipt = variations.order_like(image, user=request.user, **form.cleaned_data)
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(back)
    text = ngettext("%(count)d job is queued.", "%(count)d jobs are queued.", receipt.job_count)
    messages.success(request, text % {"count": receipt.job_count})
    job = receipt.submission.jobs.get()
    return HttpResponseRedirect(
        admin_url(admin.admin_site, "prodimages_generationjob_change", job.pk)
    )
