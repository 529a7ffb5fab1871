"""Trains nano, the small diffusion model that ships with the package. Plain torch, no Django.

``scenes`` holds the renders, ``views`` draws what each sample shows, ``frames`` makes pixels of
it, ``chapters`` latents and ``pairs`` light; ``autoencoder``, ``denoiser``, ``distillation``,
``layout``, ``shading`` and ``texture`` are the stages, which ``loop`` runs against a clock and
``results`` reads; ``export`` writes the folder that diffusers loads.
"""
