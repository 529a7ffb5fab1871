from django.contrib import admin
from django.urls import path
from wares.api import WareList

urlpatterns = [
    path("backstage/", admin.site.urls),
    path("api/wares/", WareList.as_view()),
]
