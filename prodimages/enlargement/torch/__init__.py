"""What runs enlarging networks in torch; loaded by workers only."""
