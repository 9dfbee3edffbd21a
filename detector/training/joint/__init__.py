"""One trunk for whole pictures and for faces, trained together: both bundles ask whether a picture was generated.

The first blocks stay as they began, so their maps of a few treated copies of each picture are computed once and kept
(`bank`); the rest is trained from these (`loop`), several times faster on a CPU. Sources left out of a first training
calibrate it; a second, shorter one goes on with them (`run`).
"""
