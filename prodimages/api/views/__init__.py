"""The resources: each view names its access and calls a service."""
