"""What turns a backend's blurry alpha into a cut-out: numpy and scipy, workers only."""
