"""Product pictures for Django shops: generate, review, publish."""

__version__ = "0.1.0"
