"""The reference project's addresses, and a bare product page with the try-on on it."""

from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from shop_integration.catalogue.models import Product
from shop_integration.project.urls import urlpatterns as project

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tee</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body>{% load prodimages_try_on %}{% try_on product %}</body></html>"""


def product(request: HttpRequest, pk: int) -> HttpResponse:
    found = Product.objects.get(pk=pk)
    return HttpResponse(Template(_PAGE).render(RequestContext(request, {"product": found})))


urlpatterns = [path("bare/<int:pk>/", product), *project]
