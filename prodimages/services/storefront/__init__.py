"""What the storefront shows to whom, and what it may cost."""
