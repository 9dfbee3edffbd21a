"""The detector as the platform calls it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from detector.bundles import Bundle
from detector.detect import Analysis, Detector
from detector.engines import EngineError
from detector.faces import face_square
from detector.images import DecodedImage, read
from detector.preprocessing import to_batch
from detector.results import Box
from tests.detector.pictures import decoded, encoded, noise

ASTRONAUT = Path(__file__).parents[2] / "samples" / "astronaut.jpg"


@pytest.fixture(scope="module")
def portrait() -> DecodedImage:
    return read(ASTRONAUT.read_bytes())


@pytest.fixture(scope="module")
def crowd(portrait: DecodedImage) -> DecodedImage:
    return decoded(np.concatenate([portrait.pixels, portrait.pixels[:, ::-1]], axis=1))


def scores(analysis: Analysis) -> list[tuple[str, float]]:
    return [(seen.role, seen.score) for seen in analysis.observations]


def test_every_role_speaks_of_an_image_and_the_face_model_of_its_face(
    detector: Detector, portrait: DecodedImage
) -> None:
    (analysis,) = detector.analyse([portrait])
    assert [seen.role for seen in analysis.observations] == ["general", "face", "edited"]
    assert analysis.roles_run == {"general", "face", "edited"}
    assert [seen.box is not None for seen in analysis.observations] == [False, True, False]
    assert {(seen.model_name, seen.model_version) for seen in analysis.observations} == {
        ("general", "test"),
        ("face", "test"),
        ("edited", "test"),
    }


def test_the_face_role_ran_also_where_no_face_is(detector: Detector) -> None:
    (analysis,) = detector.analyse([decoded(noise(80, 60))])
    assert [seen.role for seen in analysis.observations] == ["general", "edited"]
    assert analysis.roles_run == {"general", "face", "edited"}


def test_every_face_is_observed_with_its_own_box(detector: Detector, crowd: DecodedImage) -> None:
    (analysis,) = detector.analyse([crowd])
    boxes = [seen.box for seen in analysis.observations if seen.role == "face"]
    assert len(boxes) == 2
    assert boxes[0] != boxes[1]


def test_the_score_is_the_networks_logit_and_the_probability_its_calibration(
    detector: Detector, general: Bundle
) -> None:
    image = decoded(noise(90, 70, seed=4))
    with torch.no_grad():
        logit = float(general.network.logits(to_batch([image.pixels], general.card.input))[0])
    seen = detector.analyse([image])[0].observations[0]
    assert seen.score == pytest.approx(logit, abs=1e-4)
    assert seen.probability == pytest.approx(1 / (1 + np.exp(-seen.score / 2.0)), abs=1e-9)


def test_a_score_does_not_depend_on_the_batch(detector: Detector, portrait: DecodedImage, crowd: DecodedImage) -> None:
    images = [decoded(noise(60 + seed, 50, seed)) for seed in range(5)] + [portrait, crowd]
    together = detector.analyse(images)
    reversed_order = detector.analyse(images[::-1])[::-1]
    for at, image in enumerate(images):
        (alone,) = detector.analyse([image])
        for batched in (together[at], reversed_order[at]):
            assert [role for role, _ in scores(batched)] == [role for role, _ in scores(alone)]
            for (_, one), (_, other) in zip(scores(batched), scores(alone), strict=True):
                assert one == pytest.approx(other, abs=1e-4)


def test_more_images_than_fit_one_pass_are_all_scored(detector: Detector) -> None:
    images = [decoded(noise(40, 40, seed)) for seed in range(35)]
    together = detector.analyse(images, explain=False)
    assert len(together) == 35
    (last,) = detector.analyse(images[-1:], explain=False)
    assert scores(together[-1])[0][1] == pytest.approx(scores(last)[0][1], abs=1e-4)


def test_scores_are_the_same_with_and_without_maps(detector: Detector, portrait: DecodedImage) -> None:
    (explained,), (plain,) = detector.analyse([portrait]), detector.analyse([portrait], explain=False)
    assert all(seen.heatmap is not None for seen in explained.observations)
    assert all(seen.heatmap is None for seen in plain.observations)
    for (_, one), (_, other) in zip(scores(explained), scores(plain), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_scores_do_not_depend_on_the_files_format(detector: Detector) -> None:
    pixels = noise(64, 64)
    files = [encoded(pixels, "PNG"), encoded(pixels, "BMP"), encoded(pixels, "WEBP", lossless=True)]
    analyses = detector.analyse([read(data) for data in files])
    assert len({round(analysis.observations[0].score, 4) for analysis in analyses}) == 1


def test_maps_cover_the_image_or_the_faces_square(detector: Detector, portrait: DecodedImage, face: Bundle) -> None:
    general, one_face, _ = detector.analyse([portrait])[0].observations
    assert general.heatmap is not None
    assert one_face.heatmap is not None
    assert one_face.box is not None
    assert general.heatmap.region == Box(0, 0, 512, 512)
    assert one_face.heatmap.region == face_square(one_face.box, face.card.input.face_margin or 0)
    assert one_face.heatmap.size == general.heatmap.size == (512, 512)
    for heatmap in (general.heatmap, one_face.heatmap):
        assert heatmap.values.shape == (2, 2)
        assert heatmap.values.dtype == np.uint8
        assert heatmap.values.max() in {0, 255}


def test_every_stage_is_timed(detector: Detector) -> None:
    (analysis,) = detector.analyse([decoded(noise(64, 64))])
    assert set(analysis.timings) == {"faces", "preprocess", "general", "face", "edited"}
    assert all(seconds >= 0 for seconds in analysis.timings.values())


def test_no_images_are_no_analyses(detector: Detector) -> None:
    assert detector.analyse([]) == []


def test_without_a_face_model_no_faces_are_searched(general: Bundle, portrait: DecodedImage) -> None:
    (analysis,) = Detector({"general": general}, device="cpu").analyse([portrait])
    assert set(analysis.timings) == {"preprocess", "general"}
    assert analysis.roles_run == {"general"}


def test_engines_come_to_the_same(general: Bundle, edited: Bundle, detector: Detector, portrait: DecodedImage) -> None:
    other = Detector({"general": general, "edited": edited}, device="cpu", threads=1, engine="onnxruntime")
    assert [chosen.engine.name for chosen in other.engines.values()] == ["onnxruntime", "onnxruntime"]
    wanted = {seen.role: seen for seen in detector.analyse([portrait])[0].observations}
    for seen in other.analyse([portrait])[0].observations:
        assert seen.score == pytest.approx(wanted[seen.role].score, abs=1e-4)
        assert seen.heatmap is not None
        other_map = wanted[seen.role].heatmap
        assert other_map is not None
        assert seen.heatmap.values == pytest.approx(other_map.values, abs=1)


def test_pytorch_keeps_the_cores_only_while_it_runs_a_trunk(general: Bundle) -> None:
    before = torch.get_num_threads()
    try:
        for threads, engine, left in ((2, "onnxruntime", 1), (None, "torch", 2), (None, "onnxruntime", 1)):
            Detector({"general": general}, device="cpu", threads=threads, engine=engine)
            assert torch.get_num_threads() == left
        Detector({"general": general}, device="cpu")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_models_of_one_input_size_share_their_resized_views(general: Bundle, edited: Bundle) -> None:
    scaled = replace(edited.card, input=replace(edited.card.input, mean=(0.0, 0.0, 0.0)))
    detector = Detector({"general": general, "edited": Bundle(scaled, edited.network)}, device="cpu", threads=1)
    image = decoded(noise(90, 70))
    alone = Detector({"edited": Bundle(scaled, edited.network)}, device="cpu", threads=1)
    together = dict(scores(detector.analyse([image])[0]))
    assert together["edited"] == pytest.approx(dict(scores(alone.analyse([image])[0]))["edited"], abs=1e-5)


def test_an_engine_that_nobody_knows_is_refused(general: Bundle) -> None:
    with pytest.raises(EngineError, match="There is no engine 'tensorrt'"):
        Detector({"general": general}, engine="tensorrt")


def test_a_bundle_under_another_role_is_refused(general: Bundle) -> None:
    with pytest.raises(ValueError, match="not theirs: face"):
        Detector({"face": general})


def test_several_threads_may_ask_at_once(detector: Detector, portrait: DecodedImage) -> None:
    alone = scores(detector.analyse([portrait])[0])
    with ThreadPoolExecutor(3) as pool:
        for analyses in pool.map(lambda _: detector.analyse([portrait]), range(6)):
            assert scores(analyses[0]) == [(role, pytest.approx(score, abs=1e-4)) for role, score in alone]


def test_analysing_changes_neither_bundle_nor_image(general: Bundle, portrait: DecodedImage) -> None:
    before = {name: tensor.clone() for name, tensor in general.network.module().state_dict().items()}
    pixels = portrait.pixels.copy()
    Detector({"general": general}, device="cpu").analyse([portrait])
    after = general.network.module().state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert np.array_equal(portrait.pixels, pixels)
