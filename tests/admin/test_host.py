"""A shop's own product admin keeps its templates, actions, addresses and limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import path, reverse

from prodimages.admin import (
    GeneratedImageAdmin,
    GenerateImagesMixin,
    GenerationJobAdmin,
    SourcePhotoAdmin,
)
from prodimages.models import GeneratedImage, GenerationJob, SourcePhoto
from prodimages.shops.registry import shop_backend
from shop_integration.catalogue.models import Product, ProductMedia
from tests.admin.helpers import finished_job, order, published
from tests.factories import make_product, make_style, photo_bytes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("flat_only"),
    pytest.mark.urls("tests.admin.test_host"),
]


class HostProductAdmin(GenerateImagesMixin, admin.ModelAdmin):
    """Shows kitchen goods only, in templates of its own."""

    change_form_template = "hostshop/product_form.html"
    change_list_template = "hostshop/product_list.html"
    actions = ["mark_sold"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(category__startswith="kitchen")

    @admin.action(description="Mark as sold")
    def mark_sold(self, request, queryset):
        return HttpResponse("sold")

    def get_urls(self):
        own = path("stock/", self.admin_site.admin_view(self.stock), name="hostshop_stock")
        return [own, *super().get_urls()]

    def stock(self, request):
        return HttpResponse("stock")


def site_named(site_name: str) -> admin.AdminSite:
    site = admin.AdminSite(name=site_name)
    site.register(Product, HostProductAdmin)
    site.register(GenerationJob, GenerationJobAdmin)
    site.register(GeneratedImage, GeneratedImageAdmin)
    site.register(SourcePhoto, SourcePhotoAdmin)
    return site


urlpatterns = [
    path("admin/", site_named("admin").urls),
    path("office/", site_named("office").urls),
]


@pytest.fixture(autouse=True)
def _host_templates(settings):
    folder = Path(__file__).parent / "templates"
    own = settings.TEMPLATES[0] | {"DIRS": [folder]}
    settings.TEMPLATES = [own]


def text(response) -> str:
    return response.content.decode()


def name(view: str) -> str:
    return f"admin:prodimages_catalogue_product_{view}"


def test_the_hosts_templates_stay_and_carry_the_button(boss_client):
    product = make_product()
    form = text(boss_client.get(reverse(name("change"), args=[product.pk])))
    assert "The host's own form" in form
    assert "The host's own tool" in form
    assert reverse(name("generate_image"), args=[product.pk]) in form
    listing = text(boss_client.get(reverse(name("changelist"))))
    assert "The host's own list" in listing
    add = text(boss_client.get(reverse(name("add"))))
    assert "generate-images" not in add


def test_the_hosts_actions_and_addresses_stay(boss_client):
    product = make_product()
    listing = text(boss_client.get(reverse(name("changelist"))))
    assert "Mark as sold" in listing
    assert "Generate images…" in listing
    data = {"action": "mark_sold", "_selected_action": product.pk}
    assert text(boss_client.post(reverse(name("changelist")), data)) == "sold"
    assert text(boss_client.get(reverse("admin:hostshop_stock"))) == "stock"


def test_switched_off_actions_stay_off(boss_client, monkeypatch):
    monkeypatch.setattr(HostProductAdmin, "actions", None)
    make_product()
    assert "Generate images…" not in text(boss_client.get(reverse(name("changelist"))))


def test_a_product_that_the_hosts_list_names_twice_gets_one_job(boss_client, monkeypatch):
    product, style = make_product(), make_style()
    for number in range(2):
        file = ContentFile(photo_bytes(), name=f"{number}.png")
        ProductMedia.objects.create(product=product, file=file)
    monkeypatch.setattr(
        HostProductAdmin,
        "get_queryset",
        lambda self, request: Product.objects.filter(media__position__gte=0),
    )
    boss_client.post(reverse(name("generate_images")), order([product], style))
    assert GenerationJob.objects.count() == 1


def test_products_that_the_host_hides_are_out_of_reach(boss_client):
    style = make_style()
    mug, sofa = make_product(), make_product(category="living/sofas")
    assert boss_client.get(reverse(name("generate_image"), args=[sofa.pk])).status_code == 404
    assert boss_client.get(reverse(name("product_photo"), args=[sofa.pk])).status_code == 404
    boss_client.post(reverse(name("generate_images")), order([mug, sofa], style))
    assert GenerationJob.objects.get().product_id == mug.pk
    page = boss_client.post(reverse(name("generate_images")), order([sofa], style, key="k2"))
    assert "Choose at least one product." in text(page)


def test_jobs_pictures_and_photos_of_hidden_products_are_out_of_reach(boss_client):
    hidden = make_product(category="living/sofas", photo=photo_bytes(shade=60))
    job, seen = finished_job(product=hidden), finished_job()
    image = job.images.get()
    for view, key in (
        ("generationjob_change", job.pk),
        ("generationjob_live", job.pk),
        ("generatedimage_file", image.pk),
        ("sourcephoto_file", job.photo.pk),
        ("sourcephoto_change", job.photo.pk),
    ):
        address = reverse(f"admin:prodimages_{view}", args=[key])
        assert boss_client.get(address).status_code == 404, view
    review = reverse("admin:prodimages_generatedimage_review")
    assert boss_client.post(review, {"approve": image.pk}).status_code == 404
    assert published(job.product) == 0
    listed = boss_client.get(reverse("admin:prodimages_generationjob_changelist"))
    assert [row.pk for row in listed.context["cl"].result_list] == [seen.pk]
    cancel = reverse("admin:prodimages_generationjob_cancel", args=[job.pk])
    assert boss_client.post(cancel).status_code == 404


def test_a_photo_shared_with_a_hidden_product_is_within_reach(boss_client):
    finished_job(product=make_product(category="living/sofas"))
    seen = finished_job()  # the same photo, kept once
    address = reverse("admin:prodimages_sourcephoto_file", args=[seen.photo.pk])
    assert boss_client.get(address).status_code == 200


def test_permission_on_single_objects_is_respected(boss_client, monkeypatch):
    style = make_style()
    mine, theirs = make_product(), make_product()
    monkeypatch.setattr(
        HostProductAdmin,
        "has_view_or_change_permission",
        lambda self, request, obj=None: obj is None or obj.pk == mine.pk,
    )
    boss_client.post(reverse(name("generate_images")), order([mine, theirs], style))
    assert GenerationJob.objects.get().product_id == mine.pk


def test_shop_may_depend_on_the_request(boss_client, monkeypatch, settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {
        "SHOPS": {"second": settings.PRODIMAGES["SHOPS"]["local"]}
    }
    monkeypatch.setattr(HostProductAdmin, "generate_images_shop", "second")
    style = make_style(shop="second")
    boss_client.post(reverse(name("generate_images")), order([make_product()], style))
    assert GenerationJob.objects.get().shop == "second"


def test_a_site_of_another_name_links_to_itself(boss_client):
    job = finished_job()
    change = reverse("admin:prodimages_generationjob_change", args=[job.pk], current_app="office")
    assert change.startswith("/office/")
    page = text(boss_client.get(change))
    assert "/office/prodimages/generatedimage/" in page
    own = shop_backend("local").product_url(job.product)  # the shop's to say
    assert '"/admin/' not in page.replace(own, "")
    product = reverse(name("change"), args=[job.product.pk], current_app="office")
    button = reverse(name("generate_image"), args=[job.product.pk], current_app="office")
    assert button in text(boss_client.get(product))
    grid = reverse("admin:prodimages_generatedimage_changelist", current_app="office")
    assert '"/admin/' not in text(boss_client.get(grid))
