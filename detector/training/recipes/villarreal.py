"""The 17.6-million-parameter CNN as it was trained: Adam, 10 epochs, batches of 32 (faces) or 16 (general), 224 px.

Nothing is said of augmentation or smoothing, so there is none. A GPU is advised.
"""

from detector.training.recipes.references import plain

RECIPES = {
    "villarreal-faces": plain("face", "villarreal", size=224, epochs=10, batch=32),
    "villarreal-general": plain("general", "villarreal", size=224, epochs=10, batch=16),
}
