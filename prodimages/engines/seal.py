"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "6a4a724a94b4dd1c7524af9b06801b05fce8d86d49690943a042c2a4d76dd627"
"""SHA-256 of ``diffusion/nano/digests.json``."""
