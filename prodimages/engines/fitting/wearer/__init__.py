"""What a person wears and shows: skin, hair, the old top, and what a garment may not cover."""
