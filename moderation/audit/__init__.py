"""Who did what, when, having seen what: append-only and hash-chained."""
