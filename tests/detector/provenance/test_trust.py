"""A trust list is certificates that can be read, and nothing else."""

from pathlib import Path

import pytest

from detector.provenance import NOBODY, TrustListError, load_trust_list
from tests.detector.provenance.signing import authority

GARBAGE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def test_certificates_are_kept_and_what_is_between_them_is_not(tmp_path: Path) -> None:
    first, second = authority("One").root, authority("Two").root
    path = tmp_path / "roots.pem"
    path.write_bytes(b"# The first\n" + first + b"\nThe second: caf\xe9\n" + second)
    trusted = load_trust_list(path)
    assert trusted.pem.count("BEGIN CERTIFICATE") == 2
    assert "The" not in trusted.pem
    assert len(trusted.digest) == 64


def test_other_certificates_have_another_digest() -> None:
    one, two = authority("One").trusted, authority("Two").trusted
    assert one.digest != two.digest
    assert NOBODY.digest == ""


@pytest.mark.parametrize("content", [b"", b"no certificates", GARBAGE, b"\x00\xff" * 100])
def test_what_is_no_trust_list_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(content)
    with pytest.raises(TrustListError, match="holds no certificates"):
        load_trust_list(path)


def test_one_broken_certificate_refuses_the_list(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(authority().root + GARBAGE)
    with pytest.raises(TrustListError):
        load_trust_list(path)


def test_a_missing_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.pem"
    huge.write_bytes(b"a" * 5_000_001)
    for path in (tmp_path / "none.pem", tmp_path, huge):
        with pytest.raises(TrustListError, match=str(path)):
            load_trust_list(path)
