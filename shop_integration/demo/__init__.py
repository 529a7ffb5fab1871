"""The demo shop: its products, their rendered photos and a small storefront."""
