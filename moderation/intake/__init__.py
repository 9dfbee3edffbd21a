"""Submission and its Work: verification, storage, deduplication, erasure."""
