"""Pixels: decoding, detectors, explanations, training and evaluation. Knows nothing of the web or of people."""
