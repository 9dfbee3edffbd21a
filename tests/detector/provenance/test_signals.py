"""Each signal: exact values, from every container that carries it, and nothing from a file that says nothing."""

import json

import pytest

from detector.provenance import Evidence, Kind, Suggests, Trust, examine
from tests.detector.provenance.files import (
    ASCII,
    PLAIN,
    SHORT,
    UNDEFINED,
    camera,
    chunk,
    dataset,
    international_text,
    jpeg_with,
    packed_text,
    packet,
    plain,
    png,
    text,
    tiff,
    webp_with,
)

SETTINGS = (
    "a cat on a chair\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, "
    "Model hash: abc123, Model: dream"
)
AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})
JOB = "a fox --ar 3:2 Job ID: 12345678-90ab-cdef-1234-567890abcdef"


def only(data: bytes, media_type: str) -> Evidence:
    (found,) = examine(data, media_type)
    return found


def told(data: bytes, media_type: str) -> list[tuple[str, str]]:
    return [(found.kind, found.suggests) for found in examine(data, media_type)]


@pytest.mark.parametrize("media_type", PLAIN)
def test_a_file_that_says_nothing_gives_no_finding(media_type: str) -> None:
    assert examine(plain(media_type), media_type) == []


@pytest.mark.parametrize("order", ["<", ">"])
def test_camera_lens_and_exposure_are_read(order: str) -> None:
    found = only(jpeg_with(exif=camera(order)), "image/jpeg")
    assert (found.kind, found.trust, found.suggests) == (Kind.EXIF, Trust.FORGEABLE, Suggests.CAMERA)
    assert found.summary == "The camera is given as FUJIFILM X100V, with 1/250 s, f/2.8, 35 mm, ISO 400."
    assert found.details == {
        "make": "FUJIFILM",
        "model": "X100V",
        "lens": "Fujinon 23mm",
        "taken": "2024:05:01 10:20:30",
        "exposure": "1/250 s",
        "f_number": "f/2.8",
        "iso": "400",
        "focal_length": "35 mm",
    }


def test_camera_is_read_from_every_container() -> None:
    block = camera()
    files = {
        "image/jpeg": jpeg_with(exif=block),
        "image/png": png(chunk(b"eXIf", block)),
        "image/webp": webp_with(b"EXIF", block),
        "image/avif": plain("image/avif", exif=b"Exif\x00\x00" + block),
        "image/heic": plain("image/heic", exif=b"Exif\x00\x00" + block),
    }
    for media_type, data in files.items():
        assert (media_type, told(data, media_type)) == (media_type, [("exif", "camera")])


def test_a_tiff_is_read_by_its_own_tags() -> None:
    pixels = plain("image/tiff", tiffinfo={305: "GIMP 2.10", 271: "Canon", 272: "EOS R5"})
    assert told(pixels, "image/tiff") == [("exif", "nothing"), ("software", "edited")]


def test_a_model_that_names_its_make_is_named_once() -> None:
    block = tiff([(0x010F, ASCII, b"Canon\x00"), (0x0110, ASCII, b"Canon EOS R5\x00")], [(0x8827, SHORT, 100)])
    assert only(jpeg_with(exif=block), "image/jpeg").summary == "The camera is given as Canon EOS R5, with ISO 100."


def test_a_camera_without_an_exposure_suggests_nothing() -> None:
    found = only(jpeg_with(exif=tiff([(0x010F, ASCII, b"Apple\x00")])), "image/jpeg")
    assert (found.suggests, found.summary) == ("nothing", "The camera is given as Apple, without an exposure.")


def test_an_exposure_without_a_camera_suggests_nothing() -> None:
    found = only(jpeg_with(exif=tiff([], [(0x8827, SHORT, 100)])), "image/jpeg")
    assert (found.suggests, found.summary) == ("nothing", "An exposure is given (ISO 100), but no camera.")


def test_neither_place_nor_owner_nor_serial_number_is_read() -> None:
    private = tiff(
        [(0x010F, ASCII, b"Canon\x00"), (0x013B, ASCII, b"Jane Doe\x00"), (0x8825, 4, 26)],
        [(0x8827, SHORT, 100), (0xA430, ASCII, b"Jane Doe\x00"), (0xA431, ASCII, b"SN12345\x00")],
    )
    found = only(jpeg_with(exif=private), "image/jpeg")
    assert found.details == {"make": "Canon", "iso": "100"}


@pytest.mark.parametrize(
    "xmp",
    [
        packet(f'Iptc4xmpExt:DigitalSourceType="{AI}"'),
        packet("", f"<Iptc4xmpExt:DigitalSourceType>{AI}</Iptc4xmpExt:DigitalSourceType>"),
        packet("", f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{AI}"/>'),
        packet('Iptc4xmpExt:DigitalSourceType="trainedalgorithmicmedia"'),
        packet(f'Iptc4xmpExt:DigitalSourceType="{AI}"').decode().encode("utf-16") + b"\x00\x00",
    ],
)
def test_digital_source_type_is_read_in_every_form(xmp: bytes) -> None:
    found = only(jpeg_with(xmp=xmp), "image/jpeg")
    assert (found.kind, found.trust, found.suggests) == (Kind.IPTC, Trust.FORGEABLE, Suggests.AI_GENERATED)
    assert found.summary == "The digital source type says: made by a trained model."
    assert found.details == {"digital_source_type": "trainedAlgorithmicMedia"}


def test_digital_source_type_is_read_from_every_container() -> None:
    xmp = packet(f'Iptc4xmpExt:DigitalSourceType="{AI}"')
    files = {
        "image/jpeg": jpeg_with(xmp=xmp),
        "image/png": png(international_text("XML:com.adobe.xmp", xmp.decode())),
        "image/webp": webp_with(b"XMP ", xmp),
        "image/avif": plain("image/avif", xmp=xmp),
        "image/heic": plain("image/heic", xmp=xmp),
        "image/tiff": plain("image/tiff", tiffinfo={700: xmp}),
    }
    for media_type, data in files.items():
        assert (media_type, told(data, media_type)) == (media_type, [("iptc", "ai_generated")])


@pytest.mark.parametrize(
    ("code", "suggests"),
    [
        ("trainedAlgorithmicMedia", "ai_generated"),
        ("compositeWithTrainedAlgorithmicMedia", "edited"),
        ("compositeSynthetic", "edited"),
        ("humanEdits", "edited"),
        ("digitalCapture", "camera"),
        ("computationalCapture", "camera"),
        ("algorithmicMedia", "nothing"),
        ("digitalCreation", "nothing"),
    ],
)
def test_source_types_suggest_what_iptc_says_of_them(code: str, suggests: str) -> None:
    address = f"http://cv.iptc.org/newscodes/digitalsourcetype/{code}"
    found = only(jpeg_with(xmp=packet(f'Iptc4xmpExt:DigitalSourceType="{address}"')), "image/jpeg")
    assert (found.suggests, found.details) == (suggests, {"digital_source_type": code})


def test_an_unknown_source_type_is_shown_and_suggests_nothing() -> None:
    found = only(jpeg_with(xmp=packet('Iptc4xmpExt:DigitalSourceType="magic"')), "image/jpeg")
    assert found.summary == "The digital source type is “magic”, which IPTC does not list."
    assert found.suggests == "nothing"


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with(iim=dataset(110, "Made with Google AI")),
        jpeg_with(xmp=packet('photoshop:Credit="Made with Google AI"')),
    ],
)
def test_a_credit_that_names_a_generator_is_told(data: bytes) -> None:
    found = only(data, "image/jpeg")
    assert (found.kind, found.suggests) == ("iptc", "ai_generated")
    assert found.summary == "The credit line says “Made with Google AI”."


def test_a_credit_of_an_agency_is_not() -> None:
    assert examine(jpeg_with(iim=dataset(110, "Agence Photo")), "image/jpeg") == []


@pytest.mark.parametrize(
    ("data", "media_type", "generator"),
    [
        (png(text("parameters", SETTINGS)), "image/png", "Stable Diffusion web UI"),
        (png(packed_text("parameters", SETTINGS.encode())), "image/png", "Stable Diffusion web UI"),
        (png(international_text("parameters", "une chaîne – " + SETTINGS)), "image/png", "Stable Diffusion web UI"),
        (png(international_text("parameters", SETTINGS, packed=True)), "image/png", "Stable Diffusion web UI"),
        (png(text("prompt", GRAPH)), "image/png", "ComfyUI"),
        (png(text("workflow", '{"nodes": [], "links": []}')), "image/png", "ComfyUI"),
        (webp_with(b"EXIF", tiff([(0x0110, ASCII, b"prompt:" + GRAPH.encode())])), "image/webp", "ComfyUI"),
        (png(text("Source", "NovelAI Diffusion V4 37442FCA")), "image/png", "NovelAI"),
        (png(text("invokeai_metadata", '{"positive_prompt": "cat"}')), "image/png", "InvokeAI"),
        (png(text("parameters", '{"sui_image_params": {}}')), "image/png", "SwarmUI"),
        (png(text("Description", JOB)), "image/png", "Midjourney"),
        (jpeg_with(exif=tiff([(0x010E, ASCII, JOB.encode())])), "image/jpeg", "Midjourney"),
        (jpeg_with(comment=SETTINGS.encode()), "image/jpeg", "Stable Diffusion web UI"),
    ],
)
def test_generators_are_known_by_their_texts(data: bytes, media_type: str, generator: str) -> None:
    found = only(data, media_type)
    assert (found.kind, found.trust, found.suggests) == ("generator_text", "forgeable", "ai_generated")
    assert found.details["generator"] == generator
    assert generator in found.summary


@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\x00" + SETTINGS.encode("utf-16-be"),
        b"UNICODE\x00" + SETTINGS.encode("utf-16-le"),
        b"ASCII\x00\x00\x00" + SETTINGS.encode(),
        b"\x00" * 8 + SETTINGS.encode(),
    ],
)
def test_settings_are_read_from_a_user_comment_in_every_code(comment: bytes) -> None:
    block = tiff([], [(0x9286, UNDEFINED, comment)])
    for data, media_type in ((jpeg_with(exif=block), "image/jpeg"), (webp_with(b"EXIF", block), "image/webp")):
        found = only(data, media_type)
        assert found.details["settings"] == {
            "sampler": "Euler a",
            "cfg_scale": "7",
            "seed": "42",
            "size": "512x512",
            "model_hash": "abc123",
            "model": "dream",
        }


def test_two_texts_of_one_generator_are_one_finding() -> None:
    data = png(text("prompt", GRAPH), text("workflow", '{"nodes": [], "links": []}'))
    assert told(data, "image/png") == [("generator_text", "ai_generated")]


@pytest.mark.parametrize(
    "data",
    [
        png(text("Comment", "a cat on a chair")),
        png(text("parameters", "none")),
        png(text("prompt", "What is your name?")),
        png(text("Description", "Steps: a staircase, Seed: apple")),
        jpeg_with(comment=b"CREATOR: gd-jpeg v1.0"),
        jpeg_with(exif=tiff([(0x010E, ASCII, b"Our holiday\x00")])),
    ],
)
def test_texts_of_people_are_no_generators(data: bytes) -> None:
    media_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    assert examine(data, media_type) == []


@pytest.mark.parametrize(
    ("name", "suggests"),
    [
        ("Adobe Photoshop 25.1 (Macintosh)", "edited"),
        ("Adobe Firefly 3", "ai_generated"),
        ("Midjourney 7", "ai_generated"),
        ("GIMP 2.10.36", "edited"),
        ("Adobe Photoshop Lightroom Classic 13", "edited"),
        ("HDR+ 1.0.585804401zd", "nothing"),
        ("17.4.1", "nothing"),
    ],
)
def test_software_suggests_what_it_is_for(name: str, suggests: str) -> None:
    found = only(jpeg_with(exif=tiff([(0x0131, ASCII, name.encode() + b"\x00")])), "image/jpeg")
    assert (found.kind, found.trust, found.suggests) == ("software", "forgeable", suggests)
    assert found.details == {"software": name, "places": ["EXIF Software"]}


def test_one_program_in_several_places_is_one_finding() -> None:
    data = jpeg_with(
        exif=tiff([(0x0131, ASCII, b"GIMP 2.10\x00")]),
        xmp=packet('xmp:CreatorTool="GIMP 2.10"'),
        iim=dataset(65, "GIMP") + dataset(70, "2.10"),
    )
    found = only(data, "image/jpeg")
    assert found.details["places"] == ["EXIF Software", "XMP CreatorTool", "IPTC originating program"]


def test_findings_stand_in_a_fixed_order() -> None:
    exif = camera()
    xmp = packet(f'Iptc4xmpExt:DigitalSourceType="{AI}" xmp:CreatorTool="Canva"')
    data = jpeg_with(exif=exif, xmp=xmp, comment=SETTINGS.encode())
    assert [kind for kind, _ in told(data, "image/jpeg")] == ["iptc", "exif", "generator_text", "software"]


def test_details_are_json() -> None:
    data = jpeg_with(exif=camera(), comment=SETTINGS.encode(), xmp=packet('xmp:CreatorTool="Canva"'))
    for found in examine(data, "image/jpeg"):
        assert json.loads(json.dumps(found.details)) == found.details
