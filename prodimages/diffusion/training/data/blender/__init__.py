"""Builds and path-traces a scene with Blender's Cycles; ``bpy`` wants an interpreter of its own.

``python -m prodimages.diffusion.training.data.blender --help``
"""
