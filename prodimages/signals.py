"""Signals for host projects. Each is sent after the change is committed."""

from django.dispatch import Signal

# sender=GenerationJob; job
job_ended = Signal()
# sender=GeneratedImage; image
image_approved = Signal()
# sender=GeneratedImage; image
image_rejected = Signal()
# sender=GeneratedImage; image, reference
image_published = Signal()
