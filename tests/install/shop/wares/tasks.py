from celery import shared_task

from wares.models import Ware


@shared_task
def count_wares():
    return Ware.objects.count()
