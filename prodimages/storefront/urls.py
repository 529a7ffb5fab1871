"""``path("api/v1/storefront/", include("prodimages.storefront.urls"))`` in the host's URLconf.

Before ``prodimages.api.urls`` where both are mounted, so that neither hides the other.
"""

from django.urls import URLPattern

app_name = "prodimages_storefront"

urlpatterns: list[URLPattern] = []
