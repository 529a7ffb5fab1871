"""The one room where torch, diffusers and transformers live; only workers enter it.

``painter`` is the door. ``weights`` and ``loading`` bring a model into memory, ``tasks``
turn a request into what a pipeline is called with and its output into a picture,
``running`` makes the call: progress, cancel, memory and numbers that are none.
"""
