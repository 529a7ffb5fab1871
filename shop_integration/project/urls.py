from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/webhooks/", include("prodimages.webhooks.urls")),
    path("api/v1/storefront/", include("prodimages.storefront.urls")),
    path("api/v1/", include("prodimages.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("shop_integration.demo.urls")),
]
if settings.DEMO:
    # Behind a real web server the media folder is its business, not Django's.
    urlpatterns.append(
        path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media")
    )
