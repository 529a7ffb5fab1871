"""Shoulders, neck, elbows, wrists and hips of a standing person, by plain geometry.

Read from the silhouette, and from the box of the face where one was found: no model of bodies is
involved, so that a person looks at the result and corrects it.
"""
