from django.urls import path

from shop_integration.demo import views

app_name = "storefront"

urlpatterns = [
    path("", views.ProductList.as_view(), name="product_list"),
    path("products/<slug:slug>/", views.ProductDetail.as_view(), name="product_detail"),
]
