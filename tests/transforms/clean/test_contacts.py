"""Telephones, mail addresses and web sites as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.labelled import read_cases, written
from transforms.clean.email import all_emails, clean_email, company_domain, email_domain, is_free_mail, is_role_mailbox
from transforms.clean.phone import all_phones, clean_phone
from transforms.clean.web import clean_website, owned_domain, website_domain


@pytest.mark.parametrize("case", read_cases("phones"), ids=lambda case: f"{case['written']} {case['why']}")
def test_phone(case: dict[str, str]) -> None:
    assert clean_phone(case["written"], case["country"], written(case["department"])) == written(case["e164"])


def test_all_numbers_of_a_cell() -> None:
    assert all_phones("(604) 444-1234 / 300 123 4567") == ("+576044441234", "+573001234567")


@given(st.text(alphabet="0123456789 +-()/extp", max_size=30), st.sampled_from(["CO", "US", "DE", "XX"]))
def test_phones_are_idempotent_and_never_raise(text: str, country: str) -> None:
    for number in all_phones(text, country):
        assert clean_phone(number, country) == number


@pytest.mark.parametrize("case", read_cases("emails"), ids=lambda case: case["written"] or "nothing")
def test_email(case: dict[str, str]) -> None:
    assert clean_email(case["written"]) == written(case["first"])
    domain = email_domain(case["written"])
    assert domain == written(case["domain"])
    assert is_free_mail(domain) == (case["is_free"] == "true")
    assert is_role_mailbox(case["written"]) == (case["is_role"] == "true")


def test_a_free_provider_is_no_company_domain() -> None:
    assert company_domain("cafealto@gmail.com") is None
    assert company_domain("ventas@cafealto.com.co") == "cafealto.com.co"


@given(st.text(max_size=40))
def test_emails_are_idempotent_and_never_raise(text: str) -> None:
    for address in all_emails(text):
        assert all_emails(address) == (address,)


@pytest.mark.parametrize(
    ("text", "site", "domain"),
    [
        ("WWW.CafeAlto.com.co/", "https://cafealto.com.co", "cafealto.com.co"),
        ("http://cafealto.co/es/inicio?x=1#y", "https://cafealto.co/es/inicio", "cafealto.co"),
        ("cafealto.co; otro.co", "https://cafealto.co", "cafealto.co"),
        ("https://www.facebook.com/cafealto", "https://facebook.com/cafealto", None),
        ("cafealto.wixsite.com", "https://cafealto.wixsite.com", None),
        ("ventas@cafealto.co", None, None),
        ("no tiene", None, None),
        ("", None, None),
    ],
)
def test_website(text: str, site: str | None, domain: str | None) -> None:
    assert clean_website(text) == site
    assert website_domain(text) == domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("ventas.cafe.com.co", "cafe.com.co"),
        ("a.b.cafe.co", "cafe.co"),
        ("cafe.co.uk", "cafe.co.uk"),
        ("cafe", None),
        ("", None),
    ],
)
def test_owned_domain(host: str, domain: str | None) -> None:
    assert owned_domain(host) == domain


@given(st.text(max_size=40))
def test_sites_are_idempotent_and_never_raise(text: str) -> None:
    site = clean_website(text)
    if site is not None:
        assert clean_website(site) == site
