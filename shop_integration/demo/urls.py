from django.urls import path

from shop_integration.demo import views

app_name = "storefront"

urlpatterns = [
    path("favicon.ico", views.icon, name="icon"),
    path("", views.product_list, name="product_list"),
    path("products/<slug:slug>/", views.product_detail, name="product_detail"),
]
