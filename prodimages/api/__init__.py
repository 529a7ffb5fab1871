"""The REST API. A face like the admin: it checks, translates and calls ``prodimages.services``.

Needs the extra ``api``, and nothing of the host's ``REST_FRAMEWORK``: whatever that says for the
host's own views, ours set everything themselves (``prodimages.api.base``).
"""
