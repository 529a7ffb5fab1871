"""The rows that the shop has when prodimages comes to it."""

import io

from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw, ImageFilter

from wares.models import Maker, Ware, WareImage


def photo_of_a_vase():
    """A JPEG of a dark vase on a light table, a little soft as photos are."""
    photo = Image.new("RGB", (900, 700), (224, 221, 214))
    draw = ImageDraw.Draw(photo)
    draw.ellipse((270, 200, 630, 620), fill=(38, 74, 104))
    draw.rectangle((390, 120, 510, 300), fill=(38, 74, 104))
    content = io.BytesIO()
    photo.filter(ImageFilter.GaussianBlur(1.5)).save(content, format="JPEG", quality=90)
    return content.getvalue()


class Command(BaseCommand):
    def handle(self, *args, **options):
        ann, bob = (
            User.objects.create_user(name, password=name, is_staff=True) for name in ("ann", "bob")
        )
        own = Permission.objects.filter(content_type__app_label="wares")
        ann.user_permissions.set(own)
        bob.user_permissions.set(own)
        titles = {
            ann: ["Blue vase", "Salt-glazed vase " + "with a long name " * 10],
            bob: ["Hidden vase"],
        }
        for staff, wares in titles.items():
            maker = Maker.objects.create(name=f"{staff}'s pottery", staff=staff)
            for title in wares:
                ware = Ware.objects.create(maker=maker, title=title, kind="vases", glaze="blue")
                WareImage(ware=ware).picture.save("vase.jpg", ContentFile(photo_of_a_vase()))
