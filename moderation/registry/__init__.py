"""ModelVersion: which bundle serves which role."""
