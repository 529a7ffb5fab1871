"""The demo's products as scenes, one module each."""
