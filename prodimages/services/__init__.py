"""The only code that changes a state; every face calls these functions."""
