"""Where outside shops deliver their events; include ``prodimages.webhooks.urls`` to take them."""
