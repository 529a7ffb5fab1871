"""Measures a trained nano against the renders that it learned from."""
