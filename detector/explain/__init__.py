"""Where a network looked: maps over an image, from one trunk pass."""
