"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "8b2063afadb6aa454212f8f9551e6e996436fe734924f3867755733102938b0e"
"""SHA-256 of ``diffusion/nano/digests.json``."""
