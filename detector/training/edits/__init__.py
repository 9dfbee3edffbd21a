"""Edits made on authentic photographs, with their masks: what a detector of edits learns from beside real ones."""
