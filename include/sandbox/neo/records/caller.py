"""Who is asking, and what their roles allow."""

from dataclasses import dataclass

from include.sandbox.neo import errors
from include.sandbox.neo.model.kinds import Table


@dataclass(frozen=True)
class Rights:
    """What a role allows. `hidden_tables` cannot even be seen; tables are named by their logical names."""

    can_write: bool = True
    can_customize: bool = False
    can_act_for_others: bool = False
    hidden_tables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Caller:
    """A user of the organisation in the middle of a request."""

    user_id: str
    business_unit_id: str
    name: str
    rights: Rights = Rights()
    on_behalf_of: str | None = None

    def require(self, verb: str, table: Table) -> None:
        """Refuse unless the roles allow `verb` (Create, Read, Write, Delete, Append) on the table."""
        if verb == "Read":
            allowed = table.logical not in self.rights.hidden_tables
        else:
            allowed = self.rights.can_write and table.logical not in self.rights.hidden_tables
        if not allowed:
            raise errors.privilege(self.user_id, f"prv{verb}{table.schema}", table.logical, table.object_type_code)

    def require_customizing(self, verb: str, component: str) -> None:
        """Refuse unless the roles allow changing the organisation's shape."""
        if not self.rights.can_customize:
            raise errors.privilege(self.user_id, f"prv{verb}{component}", component.lower(), 9800)
