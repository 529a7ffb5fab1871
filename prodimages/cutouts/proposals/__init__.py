"""What in a cut-out may not be the product: hangers, clips, hands, stands, tags,
stickers, and openings that the ground shows through.

``find`` looks for them, ``stored`` keeps what it found inside the file of the alpha.
"""
