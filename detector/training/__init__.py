"""Training: packs of labelled images in, a bundle out."""
