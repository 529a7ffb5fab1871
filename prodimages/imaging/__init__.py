"""Pixels: decoding photos, color, resampling, encoding and the provenance mark.

Only ``inspect``, ``threads`` and ``xmp`` are free of numpy; the rest is imported inside methods.
"""
