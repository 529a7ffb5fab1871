"""``path("api/v1/storefront/", include("prodimages.storefront.urls"))`` in the host's URLconf.

Before ``prodimages.api.urls`` where both are mounted, so that neither hides the other.
"""

from django.urls import path

from prodimages.storefront.views import beacon, pictures

app_name = "prodimages_storefront"

urlpatterns = [
    path("beacon/", beacon.report, name="beacon"),
    path("products/<str:product>/image/", pictures.picture, name="picture"),
]
