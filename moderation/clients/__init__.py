"""API clients, keys, scopes and limits; people and their roles."""
