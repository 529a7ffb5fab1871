"""Trains the compact super-resolver: photos made worse by code, put right by a GAN.

``python -m prodimages.diffusion.training.gan`` is the door. ``packing`` chooses crops of
photos, ``degradation`` makes small pictures of them, ``networks`` and ``losses`` are the two
players, ``loop`` trains them, and ``export`` writes what the enlarger runs without torch.
"""
