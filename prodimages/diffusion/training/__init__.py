"""Trains nano, the small diffusion model that ships with the package. Plain torch, no Django.

``scenes`` holds the renders, ``views`` draws what each sample shows, ``frames`` makes pixels of
it and ``chapters`` latents; ``autoencoder``, ``denoiser`` and ``distillation`` are the three
stages, which ``loop`` runs against a clock; ``export`` writes the folder that diffusers loads.
"""
