"""``path("api/v1/webhooks/", include("prodimages.webhooks.urls"))`` in the host's URLconf."""

from django.urls import re_path

from prodimages.webhooks.views import receive

app_name = "prodimages_webhooks"

urlpatterns = [
    # With or without the slash: a platform posts to what was typed, and follows no redirect.
    re_path(r"^(?P<shop>[a-z0-9][a-z0-9_-]{0,49})/?\Z", receive, name="receive"),
]
