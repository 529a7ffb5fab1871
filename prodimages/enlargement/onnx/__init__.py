"""What runs enlarging networks in onnxruntime; loaded by workers only."""
