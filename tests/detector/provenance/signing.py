"""Pictures with real C2PA manifests, signed with certificates that are made here and thrown away."""

import datetime
import io
from dataclasses import dataclass
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from detector.provenance import TrustList
from tests.detector.provenance.files import plain

AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CAMERA = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
DAY = datetime.timedelta(days=1)
_ENCODING = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """A root certificate, and a certificate under it with its private key; all PEM."""

    root: bytes
    chain: bytes
    key: bytes

    @property
    def trusted(self) -> TrustList:
        return TrustList(self.root.decode())


def authority(organisation: str = "Test Cameras", until: datetime.datetime | None = None) -> Authority:
    """A new authority; `until` ends the life of the certificate that signs."""
    now = datetime.datetime.now(datetime.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name(organisation, "Root"), _name(organisation, "Signer")
    root = _certificate(root_name, root_key, root_name, root_key, now + 900 * DAY)
    leaf = _certificate(name, key, root_name, root_key, until or now + 30 * DAY)
    pem = key.private_bytes(_ENCODING, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Authority(root.public_bytes(_ENCODING), leaf.public_bytes(_ENCODING) + root.public_bytes(_ENCODING), pem)


def created(source_type: str = AI) -> list[dict[str, Any]]:
    return [{"action": "c2pa.created", "digitalSourceType": source_type, "softwareAgent": {"name": "Painter"}}]


def signed(
    by: Authority,
    actions: list[dict[str, Any]] | None = None,
    *,
    media_type: str = "image/jpeg",
    picture: bytes | None = None,
    edits: bool = False,
    remote: str | None = None,
    embedded: bool = True,
    generator: str = "Painter",
) -> bytes:
    """A signed picture. `edits`: made from `picture`, manifest and all; `remote`: where a copy of the manifest lies."""
    told = created() if actions is None else actions
    assertions = [{"label": "c2pa.actions.v2", "data": {"actions": told}}] if told else []
    definition = {"claim_generator_info": [{"name": generator, "version": "3"}], "assertions": assertions}
    builder = c2pa.Builder(definition, context=c2pa.Context.from_dict(_SETTINGS))
    if edits:
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    if remote is not None:
        builder.set_remote_url(remote)
    if not embedded:
        builder.set_no_embed()
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=by.chain, private_key=by.key, ta_url=None)
    made = io.BytesIO()
    source = io.BytesIO(plain(media_type) if picture is None else picture)
    builder.sign(c2pa.Signer.from_info(info), media_type, source, made)
    return made.getvalue()


_SETTINGS = {
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


def tampered(picture: bytes) -> bytes:
    """The same file with one bit of its last pixels turned."""
    return picture[:-100] + bytes([picture[-100] ^ 1]) + picture[-99:]


def _name(organisation: str, common: str) -> x509.Name:
    given = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in given])


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    until: datetime.datetime,
) -> x509.Certificate:
    is_root = name == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 1000 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(is_root), critical=True)
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
