"""The reference models under one protocol: trained as their authors said, tested once, reported as JSON."""
