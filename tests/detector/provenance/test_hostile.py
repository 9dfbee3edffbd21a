"""Hostile metadata: the image stays readable, the signal is unreadable at most, and nothing grows without end."""

import contextlib
import json
import struct
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.images import ImageRefused, read
from detector.provenance import Evidence, examine
from detector.provenance.base import LONGEST_SHOWN, clean
from tests.detector.provenance.files import (
    ASCII,
    PLAIN,
    UNDEFINED,
    XMP_NAME,
    camera,
    chunk,
    dataset,
    international_text,
    jpeg,
    jpeg_with,
    packed_text,
    packet,
    plain,
    png,
    resource,
    segment,
    text,
    tiff,
    webp_with,
)

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNREADABLE = {"unreadable": True}
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x xmlns:p="http://ns.adobe.com/xap/1.0/">&a;</x>'
MANY_ENTRIES = b"II*\x00" + struct.pack("<IH", 8, 65535) + struct.pack("<HHII", 0x010F, 2, 900_000, 8) * 65535


def unreadable(data: bytes, media_type: str) -> list[str]:
    found = examine(data, media_type)
    assert [one.details for one in found] == [UNREADABLE] * len(found)
    assert {one.suggests for one in found} <= {"nothing"}
    return [one.kind for one in found]


@pytest.mark.parametrize(
    "body", [LAUGHS, OUTSIDE, b"<a" * 5_000, b"<a>" * 200, b"<a></b>", b"\xff\xff\xff", b"<x>\x00</x>", b"not xml"]
)
def test_a_packet_that_is_hostile_or_broken_is_unreadable(body: bytes) -> None:
    data = jpeg_with(xmp=body)
    assert unreadable(data, JPEG) == ["iptc"]
    assert read(data).facts.width == 64


def test_a_packet_of_too_many_elements_is_unreadable() -> None:
    body = b"<x>" + b"<a/>" * 100_000 + b"</x>"
    assert unreadable(webp_with(b"XMP ", body), WEBP) == ["iptc"]


@pytest.mark.parametrize(
    "block",
    [
        b"II*\x00",
        b"XX*\x00" + bytes(8),
        b"II*\x00\xff\xff\xff\xff",
        camera()[:40],
        b"II*\x00" + struct.pack("<IHHHII", 8, 9, 0x010F, 5, 2**30, 2**30),
        b"",
    ],
)
def test_a_broken_exif_block_is_unreadable_at_most(block: bytes) -> None:
    data = jpeg(segment(0xE1, b"Exif\x00\x00" + block))
    assert unreadable(data, JPEG) in (["exif"], [])
    assert read(data).facts.width == 64


def test_a_block_that_declares_endless_entries_costs_nothing() -> None:
    data = png(chunk(b"eXIf", MANY_ENTRIES))
    started = time.process_time()
    found = examine(data, PNG)
    assert time.process_time() - started < 1
    assert [one.kind for one in found] in (["exif"], [])
    assert read(data).facts.width == 64


def test_a_directory_that_leads_to_itself_ends() -> None:
    data = jpeg_with(exif=tiff([(0x8769, 4, 8), (0x010F, ASCII, b"Canon\x00")]))
    assert [found.summary for found in examine(data, JPEG)] == ["The camera is given as Canon, without an exposure."]


@pytest.mark.parametrize("ratio", [(0, 0), (1, 0), (0, 5), (2**32 - 1, 1), (1, 2**32 - 1)])
def test_odd_exposures_are_survived(ratio: tuple[int, int]) -> None:
    second = [(tag, 5, ratio) for tag in (0x829A, 0x829D, 0x920A)]
    found = examine(jpeg_with(exif=tiff([(0x010F, ASCII, b"Canon\x00")], list(second))), JPEG)
    assert [one.kind for one in found] == ["exif"]
    assert len(found[0].summary) < 200


def test_a_text_that_unpacks_to_too_much_is_read_at_its_beginning() -> None:
    settings_text = b"Steps: 20, Sampler: Euler, " + b"a" * 50_000_000
    started = time.process_time()
    (found,) = examine(png(packed_text("parameters", settings_text)), PNG)
    assert time.process_time() - started < 2
    assert found.details["generator"] == "Stable Diffusion web UI"
    assert len(found.details["text"]) == LONGEST_SHOWN


def test_a_generators_text_that_cannot_be_unpacked_is_unreadable() -> None:
    assert unreadable(png(chunk(b"zTXt", b"parameters\x00\x00broken")), PNG) == ["generator_text"]
    assert unreadable(png(chunk(b"zTXt", b"Comment\x00\x00broken")), PNG) == []


def test_texts_beyond_the_first_are_not_looked_at() -> None:
    many = [text(f"key{n}", "none") for n in range(64)]
    assert examine(png(*many, text("parameters", "Steps: 20, Seed: 1, ")), PNG) == []


def test_a_deeply_nested_graph_is_recognised_without_being_parsed() -> None:
    graph = '{"class_type": ' + "[" * 200_000 + "]" * 200_000 + "}"
    (found,) = examine(png(text("prompt", graph)), PNG)
    assert found.details["generator"] == "ComfyUI"


@pytest.mark.parametrize("tail", [b"\x1c", b"\x1c\x02", b"\x1c\x02\x6e\xff\xff", b"\x1c\x02\x6e\x00\x50abc"])
def test_datasets_that_are_cut_short_end_quietly(tail: bytes) -> None:
    data = jpeg_with(iim=dataset(65, "GIMP") + tail)
    assert [found.kind for found in examine(data, JPEG)] == ["software"]


@pytest.mark.parametrize("body", [b"8BIM", b"8BIM\x04\x04\xff", b"8BIM\x04\x04\x00\x00\xff\xff\xff\xff", b"none"])
def test_photoshop_resources_that_are_cut_short_end_quietly(body: bytes) -> None:
    assert examine(jpeg(segment(0xED, b"Photoshop 3.0\x00" + body)), JPEG) == []


def test_other_resources_are_passed_over() -> None:
    body = resource(0x0425, b"12345") + resource(0x0404, dataset(65, "GIMP"))
    assert [found.kind for found in examine(jpeg(segment(0xED, b"Photoshop 3.0\x00" + body)), JPEG)] == ["software"]


@pytest.mark.parametrize(
    "name", ["A\x00B", "\u202egpj.exe", "a\ud800b".encode("utf-8", "surrogatepass").decode("latin-1"), "x" * 100_000]
)
def test_names_are_shown_as_one_harmless_line(name: str) -> None:
    data = png(international_text("Software", "a" + name.replace("\x00", "\ufeff\x07\n")))
    (found,) = examine(data, PNG)
    assert len(found.details["software"]) <= LONGEST_SHOWN
    assert not {"\x00", "\x07", "\n", "\u202e", "\ufeff"} & set(found.summary)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("a\u202eb\x00c", "abc"),
        ("  a\n\tb  ", "a b"),
        (b"caf\xc3\xa9 \xff", "café \ufffd"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("\ud800", ""),
        (None, "None"),
    ],
)
def test_a_value_becomes_one_visible_line(value: object, line: str) -> None:
    assert clean(value) == line


def test_a_file_cannot_make_what_is_told_of_it_long() -> None:
    wide = "\U00020000" * 500
    texts = [
        international_text("parameters", f"Steps: 1, Seed: {wide}"),
        international_text("prompt", '{"class_type"' + wide),
    ]
    texts += [international_text("Software", f"{number}{wide}") for number in range(20)]
    texts += [international_text("invokeai_metadata", "{" + wide), international_text("Source", "NovelAI" + wide)]
    whole = packet(f'Iptc4xmpExt:DigitalSourceType="{wide}" photoshop:Credit="OpenAI {wide}" xmp:CreatorTool="{wide}"')
    camera_block = tiff(
        [(tag, ASCII, wide.encode()) for tag in (0x010F, 0x0110, 0x0131)], [(0xA434, ASCII, wide.encode())]
    )
    found = examine(
        png(*texts, international_text("XML:com.adobe.xmp", whole.decode()), chunk(b"eXIf", camera_block)), PNG
    )
    assert len(found) > 8
    told = json.dumps([(one.summary, one.details) for one in found], ensure_ascii=False).encode()
    assert len(told) < 12_000
    assert {"shortened": True} in [one.details for one in found]


def assert_sound(data: bytes, media_type: str) -> None:
    for found in examine(data, media_type):
        assert isinstance(found, Evidence)
        assert found.trust == "forgeable"
        assert len(found.summary) < 1_000
        assert "\\u0000" not in json.dumps(found.details)
        assert len(json.dumps(found.details)) < 8_000


@QUICK
@given(block=st.binary(max_size=300))
def test_any_bytes_as_metadata_leave_the_image_readable(block: bytes) -> None:
    files = {
        JPEG: jpeg(segment(0xE1, b"Exif\x00\x00" + block), segment(0xE1, XMP_NAME + block), segment(0xED, block)),
        PNG: png(*(chunk(name, block) for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"caBX"))),
        WEBP: webp_with(b"EXIF", block),
    }
    for media_type, data in files.items():
        assert_sound(data, media_type)
        assert read(data).facts.bytes == len(data)


WHOLE = {
    "jpeg": (jpeg_with(camera(), packet('xmp:CreatorTool="GIMP"'), dataset(65, "GIMP"), b"Steps: 1, Seed: 2, "), JPEG),
    "png": (png(chunk(b"eXIf", camera()), packed_text("parameters", b"Steps: 1, Seed: 2, ")), PNG),
    "webp": (webp_with(b"EXIF", tiff([], [(0x9286, UNDEFINED, b"UNICODE\x00" + "Steps".encode("utf-16"))])), WEBP),
    "tiff": (plain("image/tiff", tiffinfo={305: "GIMP", 700: packet("")}), "image/tiff"),
    "heic": (plain("image/heic", exif=b"Exif\x00\x00" + camera(), xmp=packet("")), "image/heic"),
    "avif": (plain("image/avif", exif=b"Exif\x00\x00" + camera(), xmp=packet("")), "image/avif"),
}


@pytest.mark.parametrize("name", WHOLE)
@QUICK
@given(data=st.data())
def test_files_with_turned_bits_and_cut_ends_are_survived(name: str, data: st.DataObject) -> None:
    whole, media_type = WHOLE[name]
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(damaged) * 8 - 1), min_size=1, max_size=12)):
        damaged[place // 8] ^= 1 << place % 8
    assert_sound(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]), media_type)
    assert_sound(bytes(damaged), media_type)


@QUICK
@given(media_type=st.sampled_from([*PLAIN]), data=st.binary(max_size=200))
def test_any_bytes_of_any_type_are_survived(media_type: str, data: bytes) -> None:
    assert_sound(data, media_type)
    with contextlib.suppress(ImageRefused):
        read(data)
