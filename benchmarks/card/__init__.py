"""The diffusion engine on a graphics card: ``python -m benchmarks.card --out FOLDER``.

Jobs go from the claim to the stored picture, at 1024 pixels and four steps of a model of FLUX.2
klein 4B's size with random weights, whose cut-outs are stored. First one after another with the
pipeline as diffusers' documentation has it, then as a worker makes them. The most important
parts come first, and each writes what it found; after ``--seconds`` the program ends wherever
it is. ``--size tiny`` tries it out without a card.
"""
