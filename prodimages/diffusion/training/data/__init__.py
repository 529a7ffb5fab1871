"""nano's training pictures: what they show is drawn by lot, rendered, described and packed.

``scenes`` decides what a scene holds, from a seed alone. ``blender`` builds and path-traces it
(in an interpreter of its own), ``studio_renders`` adds pictures of the studio engine,
``captions`` puts the facts into words and ``pack`` gathers everything into few files.
"""
