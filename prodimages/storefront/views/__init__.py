"""One module for each thing that a shopper may ask for."""
