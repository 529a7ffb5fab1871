"""Learned enlargement: more pixels than the photo has, by a network that was trained for it."""
