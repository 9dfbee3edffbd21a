"""A fine-tuned MobileNetV2 for each role: the plain starting point, and what version 1.0.0 of the bundles were."""

from detector.training.recipe import Recipe

RECIPES = {f"plain-{role}": Recipe(role) for role in ("general", "face", "edited")}
