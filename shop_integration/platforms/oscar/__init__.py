"""django-oscar in the same process: its products, its images, its dashboard.

Everything of Oscar's is asked for by its own loaders, so that forked apps are used as they are.
"""
