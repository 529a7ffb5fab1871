"""Builds and path-traces a scene with Blender's Cycles. Needs ``bpy``, so an interpreter of its own.

``python -m prodimages.diffusion.training.data.blender --help``
"""
