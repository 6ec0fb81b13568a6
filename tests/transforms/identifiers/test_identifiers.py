"""What all identifier classes promise, and the small ones one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identifiers import IDENTIFIERS, Cedula, Email, Identifier, Matricula, Phone, TaxId, WebSite

ANY_TEXT = st.one_of(st.none(), st.text(max_size=40))


@pytest.fixture(params=sorted(IDENTIFIERS), name="kind")
def _kind(request: pytest.FixtureRequest) -> type[Identifier]:
    return IDENTIFIERS[request.param]


def test_the_registry_holds_all_seven() -> None:
    assert set(IDENTIFIERS) == {"nit", "cedula", "tax_id", "matricula", "email", "phone", "website"}


def test_every_identifier_explains_itself(kind: type[Identifier]) -> None:
    assert kind.__doc__
    assert len(kind.TITLE) > 4
    assert isinstance(kind.STRONG, bool)


@given(ANY_TEXT)
def test_no_identifier_raises_and_all_are_idempotent(text: str | None) -> None:
    for kind in IDENTIFIERS.values():
        normal = kind.normalize(text)
        assert kind.is_valid(text) or normal is None or kind.NAME == "nit"
        if normal is not None:
            assert kind.normalize(normal) == normal, kind.NAME


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("52.123.456", "52123456"),
        ("C.C. 52123456", "52123456"),
        ("cc: 1.020.304.050", "1020304050"),
        ("0052123456", "52123456"),
        ("860003563", None),
        ("12345", None),
        ("1111111", None),
        ("52-123-456", None),
        ("52123456 de Bogotá", None),
        ("", None),
    ],
)
def test_cedula(text: str, expected: str | None) -> None:
    assert Cedula.normalize(text) == expected


def test_a_cedula_is_printed_with_points() -> None:
    assert Cedula.format("1020304050") == "1.020.304.050"


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("DE 136.695.976", "DE", "136695976"),
        ("VAT: DE136695976", "DE", "136695976"),
        ("12-3456789", "US", None),
        ("98-7654321", "US", "987654321"),
        ("rfc: abc 680524 p76", "MX", "ABC680524P76"),
        ("N/A", "US", None),
        ("000000000", "US", None),
        ("no tiene", "US", None),
        ("ACME", "US", None),
        ("", None, None),
    ],
)
def test_tax_id(text: str, country: str | None, expected: str | None) -> None:
    assert TaxId.normalize(text, country) == expected


def test_a_tax_id_with_its_own_prefix_and_without_are_the_same() -> None:
    assert TaxId.normalize("DE136695976", "DE") == TaxId.normalize("136695976", "DE")


@pytest.mark.parametrize(
    ("text", "country", "verdict"),
    [
        ("136695976", "DE", "ok"),
        ("136695978", "DE", "invalid"),
        ("98-7654321", "ZZ", "unknown"),
        ("x", "DE", "unknown"),
    ],
)
def test_the_countrys_own_rule_gives_a_verdict(text: str, country: str, verdict: str) -> None:
    assert TaxId.verdict(text, country) == verdict


@pytest.mark.parametrize(
    ("text", "chamber", "expected"),
    [
        ("68393312", "21", "21-68393312"),
        ("0068393312", "21", "21-68393312"),
        ("4-123", None, "04-123"),
        ("S0012345", "04", "04-S12345"),
        ("68393312", None, None),
        ("", "21", None),
        ("x", "21", None),
    ],
)
def test_matricula_is_unique_only_with_its_chamber(text: str, chamber: str | None, expected: str | None) -> None:
    assert Matricula.normalize(text, chamber) == expected


def test_which_mailboxes_name_a_company_and_which_a_person() -> None:
    assert Email.names_company("ventas@cafealto.co")
    assert not Email.names_person("ventas@cafealto.co")
    assert not Email.names_company("ana.ruiz@gmail.com")
    assert Email.names_person("ana.ruiz@gmail.com")


def test_a_page_on_a_shared_platform_names_nobody() -> None:
    assert WebSite.names_company("www.cafealto.co")
    assert not WebSite.names_company("https://www.facebook.com/cafealto")


def test_a_phone_is_shown_in_groups() -> None:
    assert Phone.format("3001234567") == "+57 300 1234567"
