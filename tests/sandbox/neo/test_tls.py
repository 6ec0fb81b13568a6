"""The local authority and its leaf: made once, kept private, renewed in time."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from include.sandbox.tls import LEAF_LIFETIME, RENEW_BEFORE, ensure_certificates

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def serial(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def test_the_leaf_names_localhost_and_what_was_asked_and_chains_to_the_authority(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path / "tls", ["neo", "10.0.0.7"], now=NOW)
    leaf = x509.load_pem_x509_certificate(files.cert_pem.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "neo"]
    assert {str(a) for a in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "10.0.0.7"}
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(files.ca_pem.read_bytes()))
    assert files.server_context().verify_mode is ssl.CERT_NONE  # servers do not ask clients for certificates


def test_keys_are_for_their_owner_alone_and_stay_where_they_are(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, now=NOW)
    keys = [path for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert {path.name for path in keys} == {"ca.key", "server.key"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in keys)
    assert b"PRIVATE" not in files.ca_pem.read_bytes() + files.cert_pem.read_bytes()


CASES = [
    ("same again", timedelta(days=1), (), False),
    ("close to its end", LEAF_LIFETIME - RENEW_BEFORE + timedelta(days=1), (), True),
    ("past its end", LEAF_LIFETIME + timedelta(days=1), (), True),
    ("another name", timedelta(days=1), ("otro",), True),
]


@pytest.mark.parametrize(("later", "names", "renewed"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_leaf_is_renewed_only_when_it_must_be_and_the_authority_never(tmp_path, later, names, renewed) -> None:
    files = ensure_certificates(tmp_path, now=NOW)
    authority, leaf = serial(files.ca_pem), serial(files.cert_pem)
    ensure_certificates(tmp_path, names, now=NOW + later)
    assert serial(files.ca_pem) == authority
    assert (serial(files.cert_pem) != leaf) is renewed


def test_a_spoiled_leaf_is_made_again(tmp_path: Path) -> None:
    files = ensure_certificates(tmp_path, now=NOW)
    files.cert_pem.write_text("spoiled")
    ensure_certificates(tmp_path, now=NOW)
    assert serial(files.cert_pem)
