"""What each task asks of a model, and what it makes of the model's picture."""
