"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "fcdc28848e3d08f3cba0b73de152e0da42474b777cdf309ca2db9855626eaa1e"
"""SHA-256 of ``diffusion/nano/digests.json``."""
