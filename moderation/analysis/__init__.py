"""The worker: claims Work, runs the detector, keeps heatmaps, records findings and verdict."""
