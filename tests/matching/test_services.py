"""What a client's people decided and its bank holds is known again; nobody else's is."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from detector.images import read
from detector.perceptual import crops
from foundation.problems import Problem
from moderation.audit.models import Entry as AuditEntry
from moderation.clients.models import Client, Role
from moderation.intake import seals
from moderation.intake.models import SealReason, Submission
from moderation.matching import services
from moderation.matching.models import ImageHashes, KnownHash, KnownImage, Match
from moderation.matching.services import Entry
from tests.factories import ClientFactory, StoredImageFactory, SubmissionFactory, person, picture, stored
from tests.matching.hashes_for_tests import packed, random_hashes, with_flipped

pytestmark = pytest.mark.django_db
HASH = random_hashes(1, seed=7)[0]
OTHER = random_hashes(1, seed=8)[0]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def submission(client: Client, **fields: Any) -> Submission:
    made: Submission = SubmissionFactory.create(client=client, **fields)
    return made


def near(bits: int) -> bytes:
    return packed(with_flipped(HASH, range(0, 8 * bits, 8)))


def decided(client: Client, label: str = "ai_generated", hashes: list[bytes] | None = None) -> Submission:
    """Return a submission that was looked at and decided."""
    made = submission(client)
    services.keep_hashes(made.picture, [packed(HASH)] if hashes is None else hashes)
    services.teach(made, label)
    return made


def found(matches: list[Match]) -> list[tuple[str, str, int, str | None]]:
    return [(one.kind, one.label, one.distance, one.other_id) for one in matches]


def test_copy_of_what_a_person_decided_is_found_with_its_distance(harbour: Client) -> None:
    first = decided(harbour)
    again = submission(harbour)

    matches = services.match(again, [near(6)])

    assert found(matches) == [("near", "ai_generated", 6, first.pk)]
    assert found(list(Match.objects.filter(submission=again))) == found(matches)
    assert matches[0].known == first.known_image


def test_thirty_bits_are_near_and_thirty_one_are_not(harbour: Client) -> None:
    decided(harbour)

    assert [one.distance for one in services.match(submission(harbour), [near(30)])] == [30]
    assert services.match(submission(harbour), [near(31)]) == []


def test_same_file_is_exact_whatever_its_hash(harbour: Client) -> None:
    first = decided(harbour, hashes=[])
    again = submission(harbour, image=first.image)

    assert found(services.match(again, [])) == [("exact", "ai_generated", 0, first.pk)]


def test_same_file_is_not_told_a_second_time_as_near(harbour: Client) -> None:
    first = decided(harbour)

    assert [one.kind for one in services.match(submission(harbour, image=first.image), [packed(HASH)])] == ["exact"]


def test_exact_matches_come_first_then_the_nearest(harbour: Client) -> None:
    far, close, same = decided(harbour, hashes=[near(20)]), decided(harbour, hashes=[near(2)]), decided(harbour)

    matches = services.match(submission(harbour, image=same.image), [packed(HASH)])

    assert [(one.kind, one.distance, one.other_id) for one in matches] == [
        ("exact", 0, same.pk),
        ("near", 2, close.pk),
        ("near", 20, far.pk),
    ]


def test_newest_of_those_who_decided_the_same_file_comes_first(harbour: Client) -> None:
    first = decided(harbour, "real")
    second = submission(harbour, image=first.image)
    services.teach(second, "edited")

    assert [one.label for one in services.match(submission(harbour, image=first.image), None)] == ["edited", "real"]

    services.teach(first, "ai_generated")
    again = services.match(submission(harbour, image=first.image), None)
    assert [one.label for one in again] == ["ai_generated", "edited"]


def test_another_clients_pictures_are_unknown(harbour: Client) -> None:
    decided(ClientFactory.create())
    elsewhere = ClientFactory.create()
    services.add(elsewhere, Entry("edited", sha256="ab" * 32, hashes=[packed(HASH)]), actor="test")
    own = StoredImageFactory.create(client=harbour, sha256="ab" * 32)

    assert services.match(submission(harbour, image=own), [packed(HASH)]) == []
    assert not Match.objects.exists()


def test_submission_is_no_copy_of_itself(harbour: Client) -> None:
    first = decided(harbour)

    assert services.match(first, [packed(HASH)]) == []


def test_any_of_a_pictures_hashes_may_be_near_any_of_a_known_ones(harbour: Client) -> None:
    first = decided(harbour, hashes=[packed(OTHER), packed(HASH)])

    matches = services.match(submission(harbour), [packed(random_hashes(1, seed=9)[0]), near(3), near(9)])

    assert found(matches) == [("near", "ai_generated", 3, first.pk)]


def test_at_most_ten_are_told(harbour: Client) -> None:
    for bits in range(14):
        decided(harbour, hashes=[near(bits)])

    matches = services.match(submission(harbour), [packed(HASH)])

    assert [one.distance for one in matches] == list(range(10))


@pytest.mark.parametrize("label", ["real", "ai_generated", "edited"])
def test_label_of_the_decision_is_told(harbour: Client, label: str) -> None:
    decided(harbour, label)

    assert [one.label for one in services.match(submission(harbour), [packed(HASH)])] == [label]


def test_what_nobody_could_tell_teaches_nothing(harbour: Client) -> None:
    decided(harbour, "cannot_tell")

    assert not KnownImage.objects.exists()
    assert services.match(submission(harbour), [packed(HASH)]) == []


def test_another_decision_replaces_the_first(harbour: Client) -> None:
    first = decided(harbour, "real")
    services.teach(first, "edited")

    assert [one.label for one in services.match(submission(harbour), [packed(HASH)])] == ["edited"]
    assert KnownImage.objects.count() == 1

    services.teach(first, "cannot_tell")
    assert services.match(submission(harbour), [packed(HASH)]) == []


def test_what_is_forgotten_is_found_no_more_and_earlier_matches_stay(harbour: Client) -> None:
    first = decided(harbour)
    again = submission(harbour)
    services.match(again, [near(4)])

    services.forget(first)

    assert services.match(submission(harbour), [near(4)]) == []
    assert found(list(Match.objects.all())) == [("near", "ai_generated", 4, first.pk)]
    assert Match.objects.get().known is None


def test_erased_submission_leaves_no_hash_and_no_name(harbour: Client) -> None:
    first = decided(harbour)
    image = first.picture
    again = submission(harbour)
    services.match(again, [near(4)])

    first.delete()
    image.delete()

    assert not KnownImage.objects.exists()
    assert not KnownHash.objects.exists()
    assert not ImageHashes.objects.filter(image_id=image.pk).exists()
    assert (Match.objects.get().known, Match.objects.get().other) == (None, None)
    assert services.match(submission(harbour), [near(4)]) == []


def test_hashes_are_kept_with_the_image_for_those_who_do_not_bring_any(harbour: Client) -> None:
    first = decided(harbour)
    again = submission(harbour)
    services.match(again, [near(5), packed(OTHER)])

    assert services.hashes_of(again.picture) == [near(5), packed(OTHER)]
    third = submission(harbour, image=again.image)
    assert found(services.match(third, None)) == [("near", "ai_generated", 5, first.pk)]


def test_decision_on_a_submission_without_a_picture_teaches_nothing(harbour: Client) -> None:
    assert services.teach(submission(harbour, image=None), "ai_generated") is None
    assert not KnownImage.objects.exists()


def test_decision_on_a_flat_picture_is_known_by_its_bytes_alone(harbour: Client) -> None:
    first = decided(harbour, hashes=[])

    known = KnownImage.objects.get()
    assert (known.sha256, known.phash, known.crops_due) == (first.picture.sha256, "", False)
    assert not KnownHash.objects.exists()


def test_bank_knows_by_either_hash(harbour: Client) -> None:
    services.add(harbour, Entry("edited", sha256="ab" * 32), actor="test")
    services.add(harbour, Entry("real", hashes=[packed(HASH)]), actor="test")
    own = StoredImageFactory.create(client=harbour, sha256="ab" * 32)

    assert found(services.match(submission(harbour, image=own), [packed(OTHER)])) == [("exact", "edited", 0, None)]
    assert found(services.match(submission(harbour), [near(1)])) == [("near", "real", 1, None)]


def test_bank_has_a_picture_once(harbour: Client) -> None:
    known = services.add(harbour, Entry("edited", hashes=[packed(HASH)]), actor="test")

    with pytest.raises(Problem, match=known.pk) as refused:
        services.add(harbour, Entry("real", hashes=[packed(HASH)]), actor="test")

    assert refused.value.code == "conflict"
    assert [one.label for one in KnownImage.objects.all()] == ["edited"]
    services.add(ClientFactory.create(), Entry("real", hashes=[packed(HASH)]), actor="test")
    services.add(harbour, Entry("real", sha256="cd" * 32, hashes=[packed(HASH)]), actor="test")


def test_bank_keeps_who_added_and_who_removed(harbour: Client) -> None:
    known = services.add(harbour, Entry("edited", sha256="ab" * 32), actor="key:1")
    pk = known.pk
    services.remove(known, actor="key:2")

    entries = AuditEntry.objects.filter(object_id=pk).order_by("pk")
    assert [(one.action, one.actor, one.client, one.data) for one in entries] == [
        ("known_image.added", "key:1", harbour.pk, {"label": "edited"}),
        ("known_image.removed", "key:2", harbour.pk, {"label": "edited"}),
    ]
    assert not KnownImage.objects.exists()


def looked_at(client: Client, data: bytes) -> Submission:
    made = stored(submission(client), data)
    services.keep_hashes(made.picture, [packed(HASH)])
    services.teach(made, "edited")
    return made


def test_crops_of_what_was_decided_are_hashed_later_and_once(harbour: Client) -> None:
    data = picture(200, 150)
    first = looked_at(harbour, data)
    assert KnownHash.objects.count() == 1

    assert services.crop_waiting() == 1
    assert services.crop_waiting() == 0

    expected = dict.fromkeys([packed(HASH), *crops(read(data).pixels)])
    assert [bytes(one.bits) for one in KnownHash.objects.order_by("pk")] == list(expected)
    crop = crops(read(data).pixels)[3]
    assert found(services.match(submission(harbour), [crop])) == [("near", "edited", 0, first.pk)]


def test_two_who_crop_the_same_picture_file_it_once(harbour: Client) -> None:
    looked_at(harbour, picture(200, 150))
    known = KnownImage.objects.select_related("submission__image").get()

    assert [services._crop(known), services._crop(known)] == [True, False]

    assert KnownHash.objects.count() == len({packed(HASH), *crops(read(picture(200, 150)).pixels)})


def test_picture_that_was_forgotten_meanwhile_is_not_filed(harbour: Client) -> None:
    first = looked_at(harbour, picture(200, 150))
    known = KnownImage.objects.select_related("submission__image").get()
    services.forget(first)

    assert services._crop(known) is False
    assert not KnownHash.objects.exists()


def test_picture_whose_file_is_gone_is_not_tried_again(harbour: Client) -> None:
    first = looked_at(harbour, picture(200, 150))
    default_storage.delete(first.picture.path)

    assert services.crop_waiting() == 1

    assert not KnownImage.objects.filter(crops_due=True).exists()
    assert KnownHash.objects.count() == 1


def test_hashes_file_once_however_often_they_are_given(harbour: Client) -> None:
    entry = Entry("edited", hashes=[packed(HASH), packed(HASH)], crops=[packed(OTHER), packed(HASH)])
    services.add(harbour, entry, actor="test")

    assert [bytes(one.bits) for one in KnownHash.objects.order_by("pk")] == [packed(HASH), packed(OTHER)]


def test_no_hash_is_no_error_for_an_index_that_has_some(harbour: Client) -> None:
    decided(harbour)

    assert services.match(submission(harbour), []) == []


def test_sealed_picture_is_matched_with_nothing_until_the_seal_is_lifted(harbour: Client) -> None:
    first, keeper = decided(harbour), person(Role.ADMINISTRATOR)
    seals.seal(first.picture, keeper, SealReason.TERROR)
    assert services.match(submission(harbour), [near(6)]) == []

    seals.lift(first.picture, keeper)
    assert found(services.match(submission(harbour), [near(6)])) == [("near", "ai_generated", 6, first.pk)]
