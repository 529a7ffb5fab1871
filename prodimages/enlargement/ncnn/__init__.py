"""What runs enlarging networks in ncnn; loaded by workers only."""
