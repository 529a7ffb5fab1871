"""Try-ons: house models for staff; and shoppers, of whom nothing is kept longer than promised."""
