"""What may not be shown: classifiers of photos, run where the worker runs."""
