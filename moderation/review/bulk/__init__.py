"""One decision about many submissions: previewed, made by a worker, undone as a whole."""
