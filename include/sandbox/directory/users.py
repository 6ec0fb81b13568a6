"""Advisors as user objects of Microsoft Graph.

Graph has no field for what the agency needs to know of an advisor, so the extension attributes carry it:
1 kind of office, 2 countries, 3 departments, 4 sectors, 5 languages, several values with `;`. The office is
`officeLocation`. An empty list of sectors means all of them.
"""

from collections.abc import Iterable
from typing import Any

from include.sandbox.world.model import Advisor

User = dict[str, Any]


def directory_users(advisors: Iterable[Advisor]) -> list[User]:
    """The users of the directory, in the order of the advisors."""
    return [_user(advisor) for advisor in advisors]


def _user(advisor: Advisor) -> User:
    attributes = {f"extensionAttribute{number}": None for number in range(1, 16)}
    values = (
        advisor.office_kind,
        ";".join(advisor.countries),
        ";".join(advisor.departments),
        ";".join(advisor.sectors),
        ";".join(advisor.languages),
    )
    filled = {f"extensionAttribute{number}": value or None for number, value in enumerate(values, 1)}
    return {
        "id": advisor.advisor_id,
        "displayName": advisor.full_name,
        "givenName": advisor.first_name,
        "surname": advisor.last_name,
        "mail": advisor.email,
        "userPrincipalName": advisor.email,
        "jobTitle": advisor.job_title,
        "department": "Exportaciones",
        "companyName": "ProColombia",
        "officeLocation": advisor.office_slug,
        "preferredLanguage": "es-CO",
        "accountEnabled": advisor.is_active,
        "onPremisesExtensionAttributes": attributes | filled,
    }
