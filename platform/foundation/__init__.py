"""What knows nothing of images: ids, problems, pages, signed links, logs, metrics, embedded services."""
