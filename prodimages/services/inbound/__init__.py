"""What outside shops tell us: taken in by a request, acted on by a worker."""
