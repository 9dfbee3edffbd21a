"""The shipped face bundle: as the general one.

Left out is the only diffusion source of the faces pack: a generator of another family than all the others.
"""

import dataclasses

from detector.training.recipes import general

RECIPES = {
    "face": dataclasses.replace(
        general.RECIPES["general"], role="face", calibration="platt", leave_out=("diffusion_portrait",)
    ),
}
