"""Denoisers and decoders that run in OpenVINO on the CPU, behind the stock pipelines.

``parts`` puts them into a pipeline, as modules of the same class, config and signature
that hold no weights of torch. Each is converted when it is first called, for good:
``folder`` keeps what came of it, and later starts read that alone.
"""
