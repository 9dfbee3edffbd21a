"""The ways of making maps by name. A card names one of them."""

from torch import Tensor, nn

from detector.architectures.base import PooledHead
from detector.explain import LOCAL, NONE
from detector.explain.base import Method, explain
from detector.explain.gradcam import grad_cam
from detector.explain.gradcam_plus_plus import grad_cam_plus_plus
from detector.explain.hirescam import hires_cam
from detector.explain.layercam import layer_cam
from detector.explain.local import LocalHead, local_evidence
from detector.explain.pooled import class_activation

METHODS: dict[str, Method] = {
    "grad-cam": grad_cam,
    "hirescam": hires_cam,
    "grad-cam++": grad_cam_plus_plus,
    "layercam": layer_cam,
}
_ALIKE_OVER_A_MEAN = ("grad-cam", "hirescam")


def explained(
    name: str, head: nn.Module, feature_map: Tensor, towards: Tensor | None = None
) -> tuple[Tensor, Tensor | None]:
    """Logits (B,) of a trunk's map (B, C, h, w), and its influence (B, h, w), 0 or more, by the method of that name.

    "none" gives no influence, "local" the head's own local evidence; `towards` as in `explain`. Raises ValueError for
    an unknown name and for "local" with a head that offers none.
    """
    if name == NONE:
        return head(feature_map)[:, 0].detach(), None
    if name == LOCAL:
        return local_evidence(head, feature_map, towards)
    if name in _ALIKE_OVER_A_MEAN and isinstance(head, PooledHead):
        return class_activation(head, feature_map, towards)
    if name not in METHODS:
        raise ValueError(f"unknown explanation {name!r}; known: {', '.join(METHODS)}, {LOCAL}, {NONE}")
    return explain(head, feature_map, METHODS[name], towards)


def methods_of(head: nn.Module) -> tuple[str, ...]:
    """Names of the methods that this head allows; "local" comes first where it is one of them."""
    return ((LOCAL,) if isinstance(head, LocalHead) else ()) + tuple(METHODS)
