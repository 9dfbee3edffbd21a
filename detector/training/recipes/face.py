"""The shipped face bundle: as the general one.

Left out are the only diffusion source of the faces pack, one GAN's pictures, and photographs of the same collection.
"""

import dataclasses

from detector.training.recipes import general

RECIPES = {
    "face": dataclasses.replace(
        general.RECIPES["general"], role="face", leave_out=("diffusion_portrait", "stylegan140k", "ffhq140k")
    )
}
