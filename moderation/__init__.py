"""People: Django apps, one folder each; an app imports only apps above it in DESIGN.md's list."""
