"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "de7dd331aa96d327187953125963ba98a681a9d996d67871d2ada1baed9a95bb"
"""SHA-256 of ``diffusion/nano/digests.json``."""
