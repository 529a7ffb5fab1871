"""Cut-out backends: from a photo to the product's alpha."""
