"""Apart, for the modules beside it."""

SIDE = 64
