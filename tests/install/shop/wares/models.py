from django.conf import settings
from django.core.files.storage import storages
from django.db import models


def shelf():
    return storages["shelf"]


class Maker(models.Model):
    name = models.CharField(max_length=80)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)

    def __str__(self):
        return self.name


class Ware(models.Model):
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=80, blank=True)
    glaze = models.CharField(max_length=40, blank=True)

    def __str__(self):
        return self.title


class WareImage(models.Model):
    ware = models.ForeignKey(Ware, on_delete=models.CASCADE, related_name="images")
    picture = models.ImageField(upload_to="wares/%Y", storage=shelf)
    caption = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
