"""Signals for host projects. Each is sent after the change is committed."""

from django.dispatch import Signal

job_ended = Signal()
"""Sent by GenerationJob with ``job``."""
image_approved = Signal()
"""Sent by GeneratedImage with ``image``."""
image_rejected = Signal()
"""Sent by GeneratedImage with ``image``."""
image_published = Signal()
"""Sent by GeneratedImage with ``image`` and the shop's ``reference``."""
