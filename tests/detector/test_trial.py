"""A bundle that cannot judge a picture is found out before it serves."""

import pytest

from detector.bundles import InputSpec
from detector.trial import Unfit, require_fit
from tests.detector.bundles_for_tests import MIDDLE
from tests.detector.engines.networks_for_tests import small


def test_a_bundle_that_judges_is_fit() -> None:
    require_fit(small())


@pytest.mark.parametrize("explanation", ["local", "tea-leaves"])
def test_maps_that_cannot_be_made_make_it_unfit(explanation: str) -> None:
    with pytest.raises(Unfit, match="cannot judge a picture of 16 pixels: ValueError: "):
        require_fit(small(explanation=explanation))


def test_a_view_that_nobody_knows_makes_it_unfit() -> None:
    with pytest.raises(Unfit, match="cannot judge a picture of 16 pixels: KeyError: 'askew'"):
        require_fit(small(input=InputSpec(16, MIDDLE, MIDDLE, views=("askew",))))


def test_scores_that_are_no_numbers_make_it_unfit() -> None:
    bundle = small()
    bundle.head.get_parameter("linear.bias").fill_(float("nan"))
    with pytest.raises(Unfit, match="no numbers"):
        require_fit(bundle)
