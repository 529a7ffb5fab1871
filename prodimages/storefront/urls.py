"""``path("api/v1/storefront/", include("prodimages.storefront.urls"))`` in the host's URLconf.

Before ``prodimages.api.urls`` where both are mounted, so that neither hides the other.
"""

from django.urls import path

from prodimages.storefront.views import beacon, pictures, try_on, try_on_page

app_name = "prodimages_storefront"

urlpatterns = [
    path("beacon/", beacon.report, name="beacon"),
    path("products/<str:product>/image/", pictures.picture, name="picture"),
    path("try-on/", try_on.try_ons, name="try-ons"),
    path("try-on/new/<str:product>/", try_on_page.new, name="try-on-new"),
    path("try-on/mine/<uuid:ref>/", try_on_page.mine, name="try-on-mine"),
    path("try-on/mine/<uuid:ref>/photo/", try_on_page.my_photo, name="try-on-my-photo"),
    path("try-on/mine/<uuid:ref>/image/", try_on_page.my_image, name="try-on-my-image"),
    path("try-on/mine/<uuid:ref>/region/", try_on_page.my_region, name="try-on-my-region"),
    path("try-on/<uuid:ref>/", try_on.one_try_on, name="try-on"),
    path("try-on/<uuid:ref>/landmarks/", try_on.landmarks, name="try-on-landmarks"),
    path("try-on/<uuid:ref>/region/", try_on.region, name="try-on-region"),
    path("try-on/<uuid:ref>/photo/", try_on.photo, name="try-on-photo"),
    path("try-on/<uuid:ref>/image/", try_on.image, name="try-on-image"),
]
