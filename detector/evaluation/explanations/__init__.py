"""Whether heatmaps deserve to be believed: deletion and insertion, true masks, and weights that are taken away."""
