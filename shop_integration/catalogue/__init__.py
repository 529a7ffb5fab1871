"""A small catalogue for a site that has no shop of its own: products and their media."""
