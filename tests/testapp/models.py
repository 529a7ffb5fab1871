"""Products of other shapes, to see that prodimages takes them."""

import uuid

from django.db import models


class UuidProduct(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=100)
