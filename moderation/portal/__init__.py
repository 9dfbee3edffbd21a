"""Pages for everyone: check an image, its result."""
