"""Golden records and list rows as records of the engine; what counts as a change."""

import pytest

from transforms.screening.records import Number
from transforms.screening.subjects import customer_subject, document_number, list_entry, person_subject, subject_hash

ROW = {
    "customer_id": "CU-1", "kind": "company", "legal_name": "Café Sombra S.A.S.", "trade_name": "Sombra",
    "nit": "900111222", "tax_id": None, "tax_id_country": None, "country": "CO", "email": "a@sombra.co",
}  # fmt: skip
ENTRY = {
    "list_code": "OFAC-SDN", "entry_id": "17", "entry_type": "person",
    "names": [{"name": "VARGAS, Evaristo", "kind": "primary"}, {"name": "", "kind": "aka"}],
    "identifiers": [{"kind": "cedula", "number": "79123456", "country": "CO"},
                    {"kind": "imo", "number": "9187629", "country": None}],
    "birth_dates": ["1968-03-14", "circa", "1969"], "countries": ["CO", "CO", "PA"], "is_binding": None,
    "entry_fingerprint": "f",
}  # fmt: skip


def test_a_company_has_its_names_and_numbers() -> None:
    subject = customer_subject(ROW)
    assert subject.names == ("Café Sombra S.A.S.", "Sombra")
    assert subject.numbers == (Number("nit", "900111222", "CO"),)


def test_a_foreign_number_belongs_to_its_country() -> None:
    buyer = ROW | {"nit": None, "tax_id": "80001892", "country": "GT"}
    assert customer_subject(buyer).numbers == (Number("tax", "80001892", "GT"),)


def test_a_trader_is_a_person() -> None:
    assert customer_subject(ROW | {"kind": "person"}).kind == "person"


def test_a_person_without_full_name_is_put_together() -> None:
    row = {"person_id": "PE-1", "full_name": None, "first_name": "Ana", "last_name": "Quemba", "country": None}
    assert person_subject(row).names == ("Ana Quemba",)


@pytest.mark.parametrize(
    ("kind", "country", "expected"),
    [
        ("CC", None, Number("cedula", "52111222", "CO")),
        ("Cédula de ciudadanía", "ES", Number("cedula", "52111222", "CO")),
        ("C.C.", "CO", Number("cedula", "52111222", "CO")),
        ("CE", "VE", Number("other", "52111222", "CO")),
        ("PASSPORT", "US", Number("passport", "52111222", "US")),
        ("Pasaporte", None, Number("passport", "52111222", None)),
        ("NIT", "CO", Number("nit", "52111222", "CO")),
        ("DNI", "PE", Number("other", "52111222", "PE")),
        (None, None, Number("other", "52111222", None)),
    ],
)
def test_documents_by_the_class_people_write(kind: str | None, country: str | None, expected: Number) -> None:
    assert document_number(kind, "52111222", country) == expected


def test_no_number_is_no_document() -> None:
    assert document_number("CC", None, "CO") is None
    assert document_number("CC", "", "CO") is None


def test_only_what_is_compared_counts_as_a_change() -> None:
    before = subject_hash(customer_subject(ROW))
    assert subject_hash(customer_subject(ROW | {"email": "b@sombra.co"})) == before
    for name, value in (("legal_name", "Café"), ("nit", "900111223"), ("country", "PA"), ("kind", "person")):
        assert subject_hash(customer_subject(ROW | {name: value})) != before


def test_a_list_entry_is_read_with_whatever_it_has() -> None:
    entry = list_entry(ENTRY)
    assert [name.text for name in entry.names] == ["VARGAS, Evaristo"]
    assert entry.numbers == (Number("cedula", "79123456", "CO"), Number("other", "9187629", None))
    assert entry.birth_years == (1968, 1969)
    assert entry.countries == ("CO", "PA")
    assert entry.is_binding is False


def test_an_entry_of_an_unknown_kind_is_compared_as_a_company() -> None:
    assert list_entry(ENTRY | {"entry_type": "wallet"}).kind == "company"
