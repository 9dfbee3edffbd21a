"""C2PA manifests that are really signed: who is believed, what is told of one that does not hold, and no connection."""

import datetime
import io
import socket
import threading
import time
from collections.abc import Iterator

import c2pa
import pytest

from detector.provenance import NOBODY, Evidence, TrustList, examine
from tests.detector.provenance.files import jpeg_with, packet, plain
from tests.detector.provenance.signing import CAMERA, Authority, authority, created, signed, tampered

JPEG = "image/jpeg"


@pytest.fixture(scope="module")
def studio() -> Authority:
    return authority("Studio")


@pytest.fixture(scope="module")
def stranger() -> Authority:
    return authority("Stranger")


@pytest.fixture(scope="module")
def picture(studio: Authority) -> bytes:
    return signed(studio)


def only(data: bytes, trusted: TrustList = NOBODY, media_type: str = JPEG) -> Evidence:
    (found,) = examine(data, media_type, trusted)
    return found


def standing(found: Evidence) -> tuple[str, str, str]:
    return found.trust, found.suggests, found.details["validation_state"]


def test_a_signer_on_the_trust_list_is_believed(studio: Authority, picture: bytes) -> None:
    found = only(picture, studio.trusted)
    assert standing(found) == ("signed", "ai_generated", "trusted")
    assert (
        found.summary == "A manifest signed by Studio, who is on the trust list, says that the picture is AI-generated."
    )
    assert found.details == {
        "validation_state": "trusted",
        "claim_generator": "Painter 3",
        "issuer": "Studio",
        "signer": "Signer",
        "actions": ["c2pa.created"],
        "digital_source_types": ["trainedAlgorithmicMedia"],
        "failures": [],
    }


def test_without_a_trust_list_nobody_is_believed(picture: bytes) -> None:
    found = only(picture)
    assert standing(found) == ("signed_untrusted", "ai_generated", "valid")
    assert ", who is not on the trust list," in found.summary
    assert found.details["failures"] == ["signingCredential.untrusted"]


def test_a_signer_of_another_authority_is_not_believed(stranger: Authority, picture: bytes) -> None:
    assert standing(only(picture, stranger.trusted)) == ("signed_untrusted", "ai_generated", "valid")


def test_one_of_several_roots_is_enough(studio: Authority, stranger: Authority, picture: bytes) -> None:
    both = TrustList(stranger.trusted.pem + studio.trusted.pem)
    assert only(picture, both).trust == "signed"


def test_a_file_that_was_changed_is_no_signed_evidence(studio: Authority, picture: bytes) -> None:
    found = only(tampered(picture), studio.trusted)
    assert standing(found) == ("forgeable", "ai_generated", "invalid")
    assert found.details["failures"] == ["assertion.dataHash.mismatch"]
    assert found.summary.endswith("the file or the manifest was changed.")


def test_a_changed_file_suggests_no_camera(studio: Authority) -> None:
    photograph = signed(studio, created(CAMERA))
    assert standing(only(photograph, studio.trusted)) == ("signed", "camera", "trusted")
    assert standing(only(tampered(photograph), studio.trusted)) == ("forgeable", "nothing", "invalid")


def test_a_manifest_moved_to_another_picture_does_not_hold(studio: Authority, picture: bytes) -> None:
    at = picture.index(b"\xff\xeb")
    length = int.from_bytes(picture[at + 2 : at + 4], "big") + 2
    other = plain(JPEG, quality=30)
    found = only(other[:2] + picture[at : at + length] + other[2:], studio.trusted)
    assert standing(found)[::2] == ("forgeable", "invalid")


def test_an_expired_certificate_is_not_believed(studio: Authority) -> None:
    short = authority("Short", until=datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2))
    data = signed(short)
    time.sleep(3.1)
    found = only(data, short.trusted)
    assert standing(found) == ("signed_untrusted", "ai_generated", "expired")
    assert ", whose certificate has expired," in found.summary


def test_edits_are_told(studio: Authority) -> None:
    data = signed(studio, [*created(CAMERA), {"action": "c2pa.edited"}])
    assert standing(only(data, studio.trusted)) == ("signed", "edited", "trusted")


def test_a_manifest_that_says_nothing_of_the_making_suggests_nothing(studio: Authority) -> None:
    data = signed(studio, created(CAMERA.replace("digitalCapture", "digitalCreation")))
    found = only(data, studio.trusted)
    assert standing(found) == ("signed", "nothing", "trusted")
    assert found.summary.endswith("says of the picture: made by a person with software.")


def test_a_trusted_editor_does_not_vouch_for_what_it_opened(studio: Authority, stranger: Authority) -> None:
    generated = signed(stranger, generator="Generator")
    saved = signed(studio, [], picture=generated, edits=True)
    active, parent = examine(saved, JPEG, studio.trusted)
    assert standing(active) == ("signed", "nothing", "trusted")
    assert active.summary.endswith("does not say how the picture was made.")
    assert (parent.trust, parent.suggests) == ("signed_untrusted", "ai_generated")
    assert parent.details["of_parent"] is True
    assert "by Generator 3" in parent.summary


def test_a_parent_that_had_been_changed_is_forgeable(studio: Authority, stranger: Authority) -> None:
    saved = signed(studio, [], picture=tampered(signed(stranger)), edits=True)
    _, parent = examine(saved, JPEG, studio.trusted)
    assert (parent.trust, parent.suggests) == ("forgeable", "ai_generated")


def test_the_parent_of_a_parent_is_found(studio: Authority, stranger: Authority) -> None:
    once = signed(studio, [], picture=signed(stranger), edits=True)
    twice = signed(studio, [], picture=once, edits=True)
    assert [found.details.get("of_parent") for found in examine(twice, JPEG, studio.trusted)] == [None, True]


@pytest.mark.parametrize(
    "media_type", ["image/png", "image/webp", "image/tiff", "image/gif", "image/avif", "image/heic"]
)
def test_manifests_are_read_from_every_container_that_carries_them(studio: Authority, media_type: str) -> None:
    data = signed(studio, media_type=media_type)
    assert only(data, studio.trusted, media_type).trust == "signed"


def test_the_words_alone_are_no_manifest() -> None:
    assert examine(jpeg_with(comment=b"jumb c2pa"), JPEG) == []


class Listener:
    """A server on this machine that notes whoever connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/manifest.c2pa"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def test_a_manifest_kept_elsewhere_is_named_and_never_fetched(studio: Authority, listener: Listener) -> None:
    data = signed(studio, remote=listener.address, embedded=False)
    found = only(data, studio.trusted)
    assert (found.trust, found.suggests) == ("forgeable", "nothing")
    assert found.summary == "The file says that its C2PA manifest is kept at 127.0.0.1. It was not fetched."
    assert found.details == {"manifest_at": listener.address}
    assert listener.connections == 0


def test_nothing_is_fetched_for_a_file_that_holds_the_words_of_a_manifest_too(
    studio: Authority, listener: Listener
) -> None:
    data = signed(studio, remote=listener.address, embedded=False)
    examine(data + b"jumb c2pa", JPEG, studio.trusted)
    examine(signed(studio, remote=listener.address), JPEG, studio.trusted)
    assert listener.connections == 0


def test_the_listener_would_have_noticed(studio: Authority, listener: Listener) -> None:
    data = signed(studio, remote=listener.address, embedded=False)
    context = c2pa.Context.from_dict({"verify": {"remote_manifest_fetch": True}})
    with pytest.raises(c2pa.C2paError):
        c2pa.Reader(JPEG, io.BytesIO(data), context=context)
    assert listener.connections > 0


@pytest.mark.parametrize("address", ["http://[broken", "javascript:alert(1)", "http://" + "a" * 3000, "\u202egpj.exe"])
def test_odd_addresses_of_manifests_are_shown_harmlessly(address: str) -> None:
    found = only(jpeg_with(xmp=packet(f'dcterms:provenance="{address}"')))
    assert found.suggests == "nothing"
    assert len(found.summary) < 300
    assert "\u202e" not in found.summary + found.details["manifest_at"]
