"""Training of two bundles with one trunk."""
