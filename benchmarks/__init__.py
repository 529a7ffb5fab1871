"""How fast prodimages is, and how much memory it takes: ``python -m benchmarks``."""
