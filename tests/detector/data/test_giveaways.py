"""Features that tell the classes apart are found, and those that do not are not."""

import numpy as np

from detector.data.giveaways import FEATURES, features_of, giveaway, shuffled
from detector.images import read
from tests.detector.pictures import encoded, noise, oriented

RNG = np.random.default_rng(0)
LABELS = np.arange(200) % 2
SOURCES = [f"{at % 2}{at % 5}" for at in range(200)]


def features(data: bytes) -> dict[str, float]:
    return dict(zip(FEATURES, features_of(data, read(data).facts), strict=True))


def test_features_say_what_a_file_is_besides_its_pixels() -> None:
    plain = encoded(noise(60, 40), "JPEG", quality=90)
    found = features(plain)
    assert (found["bytes"], found["width"], found["height"]) == (len(plain), 60, 40)
    assert found["bytes_per_pixel"] == len(plain) / 2400
    assert (found["exif"], found["progressive"]) == (0, 0)
    assert found["quantisation"] < features(encoded(noise(60, 40), "JPEG", quality=50))["quantisation"]
    assert features(oriented(noise(60, 40), 3))["exif"] == 1
    assert features(encoded(noise(60, 40), "PNG"))["format"] != found["format"]


def test_a_feature_that_is_the_label_tells_all() -> None:
    found = giveaway(LABELS[:, None] + RNG.normal(0, 0.01, (200, 1)), LABELS, SOURCES)
    assert found["auc"] == 1.0
    assert found["balanced_accuracy"] == 1.0
    assert found["auc_across_sources"] == 1.0


def test_noise_tells_nothing() -> None:
    found = giveaway(RNG.normal(size=(200, 3)), LABELS, SOURCES)
    assert 0.38 < found["auc"] < 0.62
    assert found["interval"][0] < found["auc"] < found["interval"][1]


def test_what_only_tells_sources_apart_tells_nothing_of_new_ones() -> None:
    sources = [f"{at % 2}-{at % 20}" for at in range(400)]
    labels = np.arange(400) % 2
    sizes = np.array([[float((at % 20) * 7919 % 101)] for at in range(400)])
    found = giveaway(sizes, labels, sources)
    assert found["auc"] > 0.95
    assert found["auc_across_sources"] < 0.8


def test_one_source_a_class_leaves_nothing_to_leave_out() -> None:
    assert giveaway(RNG.normal(size=(200, 1)), LABELS, [str(at % 2) for at in range(200)])["auc_across_sources"] is None


def test_shuffled_labels_score_by_chance_even_where_the_true_ones_are_easy() -> None:
    easy = LABELS[:, None] + RNG.normal(0, 0.01, (200, 4))
    found = shuffled(easy, LABELS)
    assert found["by_chance"]
    assert 0.35 < found["balanced_accuracy"] < 0.65


def test_labels_that_come_back_with_their_copies_do_not_pass_for_chance() -> None:
    # a measuring that lets the dealt labels into the features is what this guard is for
    dealt = np.random.default_rng(0).permutation(LABELS)
    assert not shuffled(dealt[:, None].astype(float), LABELS)["by_chance"]
