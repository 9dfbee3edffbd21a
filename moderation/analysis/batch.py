"""Claimed works on their way: read and decoded, then looked at. Looking needs no database, so it may have a thread."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from detector import perceptual
from detector.images import DecodedImage, ImageRefused
from detector.images import read as decode
from moderation.analysis import detectors, reuse
from moderation.analysis.detectors import Loaded
from moderation.analysis.provenance import examined
from moderation.analysis.results import Result, result_of
from moderation.analysis.stopwatch import Stopwatch
from moderation.intake import files, limits
from moderation.intake.models import StoredImage, Work
from moderation.verdicts.provenance import Examined

DECODERS = 4
T = TypeVar("T")
R = TypeVar("R")
Outcome = Result | ImageRefused | OSError
Decoded = tuple[DecodedImage, Examined]
Seen = tuple[DecodedImage, Examined, list[bytes]]


class Batch:
    """One image is looked at once, however many of the works ask for it; ``error`` is what stopped the whole batch."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = works
        self.watch = Stopwatch()
        self.error: Exception | None = None
        self._outcomes: dict[str, Outcome] = {}
        self._seen: dict[str, Seen] = {}
        self._loaded: Loaded | None = None

    def outcome(self, work: Work) -> Outcome:
        return self._outcomes[work.submission.picture.pk]

    def prepare(self) -> None:
        """Take over what the models said of the same images before, and read and decode the others."""
        try:
            self._prepare(detectors.current())
        except Exception as error:
            self.error = error

    def detect(self) -> "Future[None]":
        """Have what was decoded looked at, in the detector's thread; that touches no database."""
        return detectors.THREAD.submit(self._detect_or_note)

    def _detect_or_note(self) -> None:
        try:
            self._detect()
        except Exception as error:
            self.error = error

    def _prepare(self, loaded: Loaded) -> None:
        self._loaded = loaded
        images = {one.submission.picture.pk: one.submission.picture for one in self.works}
        ids = loaded.ids()
        self._outcomes |= {pk: found for pk, image in images.items() if (found := reuse.earlier(image, ids))}
        fresh = [image for pk, image in images.items() if pk not in self._outcomes]
        with self.watch.stage("decode"):
            read = dict(zip([image.pk for image in fresh], _each(_read, fresh), strict=True))
        self._outcomes |= {pk: found for pk, found in read.items() if not isinstance(found, tuple)}
        decoded = {pk: found for pk, found in read.items() if isinstance(found, tuple)}
        with self.watch.stage("hash"):
            hashed = _each(perceptual.hashes, [image.pixels for image, _ in decoded.values()])
        self._seen = {pk: (*found, hashes) for (pk, found), hashes in zip(decoded.items(), hashed, strict=True)}

    def _detect(self) -> None:
        if self.error or self._loaded is None or not self._seen:
            return
        analyses = self._loaded.detector.analyse([decoded for decoded, _, _ in self._seen.values()])
        for stage, seconds in analyses[0].timings.items():
            self.watch.add(stage, seconds * len(analyses))
        for (pk, (_, told, hashes)), analysis in zip(self._seen.items(), analyses, strict=True):
            self._outcomes[pk] = replace(result_of(analysis, self._loaded.models, told), hashes=hashes)
        self._seen.clear()


def detected(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the batches in turn, each while the next one is looked at: claiming, reading and recording cost no time."""
    before: Batch | None = None
    looking: Future[None] | None = None
    for batch in batches:
        if looking:
            looking.result()
        looking = batch.detect()
        if before:
            yield before
        before = batch
    if before and looking:
        looking.result()
        yield before


def _each(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Return what ``work`` makes of every item, in threads where there are several."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(DECODERS) as pool:
        return list(pool.map(work, items))


def _read(image: StoredImage) -> Decoded | ImageRefused | OSError:
    """Decode an image's bytes, and see what they say of its origin."""
    try:
        data = files.read(image)
        decoded = decode(data, limits.current())
    except (ImageRefused, OSError) as error:
        return error
    return decoded, examined(data, decoded.facts.media_type)
