"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "622952f06e4d2b48d9a462c883e49027356e0999d631f7eafaa18e501b1ce357"
"""SHA-256 of ``diffusion/nano/digests.json``."""
