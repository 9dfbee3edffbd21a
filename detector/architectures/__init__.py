"""The networks by name. A card names one of these; nothing else can be built from a card."""

from detector.architectures import cifake, thumbnail, torchvision_trunks
from detector.architectures.attention import ATTENTION
from detector.architectures.base import Architecture, ArchitectureError, Family, Network
from detector.architectures.fakenet import FAKENET, FAKENET2, FAKENET2_THREE_POOLS
from detector.architectures.fused_mobilenet_v2 import FUSED_MOBILENET_V2
from detector.architectures.local import LOCAL
from detector.architectures.mobilenet_v2 import MOBILENET_V2
from detector.architectures.torchvision_trunks import RESNET18
from detector.architectures.villarreal import VILLARREAL

_FIXED: tuple[Architecture, ...] = (
    MOBILENET_V2,
    FUSED_MOBILENET_V2,
    LOCAL,
    ATTENTION,
    FAKENET,
    FAKENET2,
    FAKENET2_THREE_POOLS,
    RESNET18,
    VILLARREAL,
)
FAMILIES: tuple[Family, ...] = (cifake.FAMILY, thumbnail.FAMILY, torchvision_trunks.FAMILY)
ARCHITECTURES = {architecture.name: architecture for architecture in _FIXED}


def architecture(name: str) -> Architecture:
    """The architecture of that name; raises ArchitectureError when there is none."""
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]
    for family in FAMILIES:
        if (found := family.parse(name)) is not None:
            return found
    known = [*sorted(ARCHITECTURES), *(f"names like {family.example}" for family in FAMILIES)]
    raise ArchitectureError(f"unknown architecture {name!r}; known: {', '.join(known)}")


__all__ = ["ARCHITECTURES", "FAMILIES", "Architecture", "ArchitectureError", "Family", "Network", "architecture"]
