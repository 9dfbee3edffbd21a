"""The moderators' queue: case, decision, undo."""
