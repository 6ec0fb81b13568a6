"""The sandbox's own certificate authority and server certificate.

Both are made on the first start and re-used afterwards, so that a client trusts `ca.pem` once. The private keys
never leave the directory they were made in, and only their owner may read them.
"""

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature

LEAF_LIFETIME = timedelta(days=397)  # the longest life that browsers accept for a server certificate
RENEW_BEFORE = timedelta(days=30)
LOCAL_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Certificates:
    """Where the three files are: the CA to hand out, the server's chain and the server's key."""

    ca_pem: Path
    cert_pem: Path
    key_pem: Path

    def server_context(self) -> ssl.SSLContext:
        """The context of a TLS server; used where no framework loads the files itself."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert_pem, self.key_pem)
        return context


def ensure_certificates(directory: Path, names: Sequence[str] = (), *, now: datetime | None = None) -> Certificates:
    """Make (first start) or re-use (afterwards) the CA and a leaf for localhost, 127.0.0.1 and `names`.

    The leaf is renewed under the same CA when it nears its end or lacks a name; the CA itself is never replaced
    while its files are readable, because clients hold a copy of it.
    """
    moment = now or datetime.now(UTC)
    directory.mkdir(parents=True, exist_ok=True)
    files = Certificates(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    authority = _load_or_create_authority(files.ca_pem, directory / "ca.key")
    wanted = tuple(dict.fromkeys((*LOCAL_NAMES, *names)))
    if not _leaf_is_good(files, wanted, moment):
        leaf = authority.issue_cert(*wanted, not_after=moment + LEAF_LIFETIME)
        _write_private(files.key_pem, leaf.private_key_pem.bytes())
        files.cert_pem.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    return files


def _load_or_create_authority(ca_pem: Path, ca_key: Path) -> trustme.CA:
    if ca_pem.exists() and ca_key.exists():
        return trustme.CA.from_pem(ca_pem.read_bytes(), ca_key.read_bytes())
    authority = trustme.CA(organization_name="neo-hub sandbox")
    _write_private(ca_key, authority.private_key_pem.bytes())
    ca_pem.write_bytes(authority.cert_pem.bytes())
    return authority


def _leaf_is_good(files: Certificates, names: Sequence[str], moment: datetime) -> bool:
    if not (files.cert_pem.exists() and files.key_pem.exists()):
        return False
    try:
        leaf = x509.load_pem_x509_certificate(files.cert_pem.read_bytes())
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(files.ca_pem.read_bytes()))
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    held = {str(name) for name in alternatives.get_values_for_type(x509.DNSName)}
    held |= {str(address) for address in alternatives.get_values_for_type(x509.IPAddress)}
    if not {_canonical(name) for name in names} <= held:
        return False
    return leaf.not_valid_before_utc <= moment < leaf.not_valid_after_utc - RENEW_BEFORE


def _canonical(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name


def _write_private(path: Path, content: bytes) -> None:
    """Create the file readable by its owner alone from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
