"""Who may come in: applications with their secrets, people with their passwords, and the sandbox's own tokens.

Everything secret here is generated on first start and kept in one file that only its owner may read.
"""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from include.sandbox.neo.records.caller import Rights

COMPLIANCE_TABLES = frozenset({"pc_sarlaftcase"})

# What a role of the organisation allows. People who are not compliance do not see that cases exist.
ROLES: Mapping[str, Rights] = MappingProxyType(
    {
        "System Administrator": Rights(can_write=True, can_customize=True, can_act_for_others=True),
        "Integración": Rights(can_write=True),
        "Consulta": Rights(can_write=False),
        "asesor": Rights(can_write=True, hidden_tables=COMPLIANCE_TABLES),
        "gerencia": Rights(can_write=False, hidden_tables=COMPLIANCE_TABLES),
        "cumplimiento": Rights(can_write=True),
        "admin": Rights(can_write=True, can_customize=True, hidden_tables=COMPLIANCE_TABLES),
    }
)


@dataclass(frozen=True)
class AppUser:
    """An application of the directory. `role` None: it gets tokens, but is no user of the organisation."""

    name: str
    client_id: str
    client_secret: str
    role: str | None


@dataclass(frozen=True)
class PageUser:
    """A person who signs in to the 360° pages."""

    username: str
    full_name: str
    password: str
    role: str


@dataclass(frozen=True)
class Identity:
    """All who may come in. `resources` are further services the token endpoint issues tokens for."""

    tenant: str
    applications: tuple[AppUser, ...]
    people: tuple[PageUser, ...]
    signing_key: str
    control_token: str
    resources: tuple[str, ...] = ()
    token_lifetime: int = 3599

    def application(self, client_id: str) -> AppUser | None:
        """The application with this client id, or None."""
        return next((app for app in self.applications if app.client_id == client_id.lower()), None)

    def person(self, username: str) -> PageUser | None:
        """The person with this user name, or None."""
        return next((person for person in self.people if person.username == username.strip().lower()), None)


DEFAULT_APPLICATIONS: tuple[tuple[str, str | None], ...] = (
    ("hub", "System Administrator"),
    ("reader", "Consulta"),
    ("directory", None),
)
DEFAULT_PEOPLE = (
    ("asesor", "Laura Restrepo", "asesor"),
    ("cumplimiento", "Martín Zuluaga", "cumplimiento"),
    ("gerencia", "Patricia Aldana", "gerencia"),
    ("admin", "Administración NEO", "admin"),
)


def new_identity(resources: Sequence[str] = (), *, token_lifetime: int = 3599) -> Identity:
    """A fresh identity with the default applications and people; every secret is random."""
    return Identity(
        tenant=str(uuid4()),
        applications=tuple(
            AppUser(name, str(uuid4()), secrets.token_urlsafe(30), role) for name, role in DEFAULT_APPLICATIONS
        ),
        people=tuple(
            PageUser(username, name, secrets.token_urlsafe(9), role) for username, name, role in DEFAULT_PEOPLE
        ),
        signing_key=secrets.token_urlsafe(48),
        control_token=secrets.token_urlsafe(24),
        resources=tuple(resource.rstrip("/") for resource in resources),
        token_lifetime=token_lifetime,
    )


def ensure_identity(path: Path, resources: Sequence[str] = ()) -> Identity:
    """Read the identity kept at `path`, or make one (file mode 0600). `resources` always come from the caller."""
    if not path.exists():
        identity = new_identity(resources)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            json.dump(asdict(identity), handle, ensure_ascii=False, indent=2)
        return identity
    held = json.loads(path.read_text(encoding="utf-8"))
    return Identity(
        tenant=held["tenant"],
        applications=tuple(AppUser(**app) for app in held["applications"]),
        people=tuple(PageUser(**person) for person in held["people"]),
        signing_key=held["signing_key"],
        control_token=held["control_token"],
        resources=tuple(resource.rstrip("/") for resource in resources),
        token_lifetime=held["token_lifetime"],
    )
