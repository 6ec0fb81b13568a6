"""Reads and creates NEO's definitions: choices, tables, columns, lookups, alternate keys, and their solution.

What has to be created is decided elsewhere (`transforms.writeback.provisioning`); nothing is deleted or renamed here.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.neo.client import NeoClient
from connectors.neo.definitions import (
    CRM,
    KIND_OF_ATTRIBUTE,
    choice_body,
    column_body,
    key_body,
    label_body,
    relationship_body,
    table_body,
)
from connectors.neo.errors import NeoRefusedError
from connectors.neo.query import literal
from include.core.errors import ConfigError, RetriableError
from include.core.neo_definitions import (
    ChoiceDefinition,
    ColumnDefinition,
    KeyDefinition,
    LookupDefinition,
    NeoDefinitions,
    TableDefinition,
)
from include.core.neo_schema import KEY_COLUMN, NeoSchema, Option

_STRONG = {"Consistency": "Strong"}  # definitions are cached for half a minute otherwise


class NeoMetadata:
    """Definitions of one NEO, in the words of `schema`."""

    def __init__(self, client: NeoClient, schema: NeoSchema) -> None:
        self._client, self._schema = client, schema
        self._languages = schema.solution.languages

    def fetch(self) -> NeoDefinitions:
        """Read everything of NEO's schema that the sheets may ask for."""
        publisher, solution = self._schema.solution.publisher, self._schema.solution.solution
        return NeoDefinitions(
            has_publisher=self._has_row("publishers", "publisherid", publisher.unique_name),
            has_solution=self._has_row("solutions", "solutionid", solution.unique_name),
            choices={name: found for name in self._schema.choices if (found := self._fetch_choice(name))},
            tables={name: self._fetch_table(name) for name in self._client.tables(self._schema.tables)},
        )

    def create_publisher(self) -> None:
        """Create the publisher that owns our prefix."""
        publisher = self._schema.solution.publisher
        self._post(
            "publishers",
            {
                "uniquename": publisher.unique_name,
                "friendlyname": publisher.friendly_name,
                "customizationprefix": publisher.prefix,
                "customizationoptionvalueprefix": publisher.option_prefix,
            },
            in_solution=False,
        )

    def create_solution(self) -> None:
        """Create the solution, under the publisher."""
        sheet = self._schema.solution
        condition = f"uniquename eq {literal(sheet.publisher.unique_name)}"
        found = self._client.get_json("publishers", params={"$select": "publisherid", "$filter": condition})["value"]
        self._post(
            "solutions",
            {
                "uniquename": sheet.solution.unique_name,
                "friendlyname": sheet.solution.friendly_name,
                "version": sheet.solution.version,
                "publisherid@odata.bind": f"/publishers({found[0]['publisherid']})",
            },
            in_solution=False,
        )

    def create_choice(self, name: str) -> None:
        """Create a global choice with all its options."""
        self._post("GlobalOptionSetDefinitions", choice_body(name, self._schema.choices[name], self._languages))

    def create_option(self, choice: str, option: Option) -> None:
        """Add one option to a choice that is there already."""
        self._post(
            "InsertOptionValue",
            {
                "OptionSetName": choice,
                "Value": option.value,
                "Label": label_body(option, self._languages),
                "SolutionUniqueName": self._schema.solution.solution.unique_name,
            },
        )

    def create_table(self, table: str) -> None:
        """Create a table with its plain columns; choices and lookups follow as steps of their own."""
        sheet = self._schema.tables[table]
        ours = {name: spec for name, spec in sheet.columns.items() if self._schema.is_ours(name)}
        plain = {name: spec for name, spec in ours.items() if spec.kind != "choice"}
        self._post("EntityDefinitions", table_body(sheet, plain, "pc_name", self._schema))
        self._client.forget_tables()

    def create_column(self, table: str, column: str) -> None:
        """Add a column to a table."""
        spec = self._schema.tables[table].columns[column]
        self._post(f"{_definition(table)}/Attributes", column_body(column, spec, self._languages))

    def create_lookup(self, table: str, nav: str) -> None:
        """Add a lookup to a table, by creating its relationship."""
        sheet = self._schema.tables[table]
        lookup = sheet.lookups[nav]
        target_id = self._client.table(lookup.target).id_column
        self._post("RelationshipDefinitions", relationship_body(sheet, nav, lookup, target_id, self._schema))

    def create_key(self, table: str) -> None:
        """Start building the alternate key on the hub's id; `wait_for_keys` waits for it."""
        sheet = self._schema.tables[table]
        self._post(f"{_definition(table)}/Keys", key_body(sheet, KEY_COLUMN, self._schema))

    def track_changes(self, table: str) -> None:
        """Switch change tracking on; NEO never lets it be switched off again."""
        definition = self._client.get_json(_definition(table), headers=_STRONG)
        body = {name: value for name, value in definition.items() if not name.startswith("@odata.context")}
        body["ChangeTrackingEnabled"] = True
        headers = {**self._headers(), "MSCRM.MergeLabels": "true"}
        self._client.request("PUT", _definition(table), json=body, headers=headers)
        self._client.forget_tables()

    def publish(self, tables: Iterable[str], choices: Iterable[str]) -> None:
        """Make new labels visible to people. Columns and keys work without it."""
        entities = "".join(f"<entity>{name}</entity>" for name in sorted(tables))
        optionsets = "".join(f"<optionset>{name}</optionset>" for name in sorted(choices))
        xml = f"<importexportxml><entities>{entities}</entities><optionsets>{optionsets}</optionsets></importexportxml>"
        self._client.request("POST", "PublishXml", json={"ParameterXml": xml}, idempotent=True)

    def wait_for_keys(
        self,
        tables: Iterable[str],
        *,
        timeout: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Wait until the hub's key of every table is Active: NEO builds its index in the background.

        Raises ConfigError when NEO could not build one (rows share a value), RetriableError after `timeout` seconds.
        """
        waiting = list(tables)
        until = clock() + timeout
        pause = 0.2
        while waiting:
            statuses = {table: self._key_status(table) for table in waiting}
            failed = [table for table, status in statuses.items() if status == "Failed"]
            if failed:
                raise ConfigError(
                    f"neo table {failed[0]}", f"NEO could not build the key on {KEY_COLUMN}",
                    "two rows share a value: empty it in one of them, then ReactivateEntityKey and run again",
                )  # fmt: skip
            waiting = [table for table, status in statuses.items() if status != "Active"]
            if waiting and clock() > until:
                raise RetriableError("neo", f"the keys of {', '.join(waiting)} are still being built")
            if waiting:
                sleep(pause)
                pause = min(pause * 2, 10.0)

    # --- reading one thing

    def _fetch_choice(self, name: str) -> ChoiceDefinition | None:
        path = f"GlobalOptionSetDefinitions(Name={literal(name)})/{CRM}.OptionSetMetadata"
        try:
            body = self._client.get_json(path, headers=_STRONG)
        except NeoRefusedError as refusal:
            if refusal.status == 404:
                return None
            raise
        options = {int(option["Value"]): self._text(option.get("Label")) for option in body.get("Options", [])}
        return ChoiceDefinition(name, options)

    def _fetch_table(self, table: str) -> TableDefinition:
        info = self._client.table(table)
        columns = {row["LogicalName"]: row for row in self._values(table, "Attributes", "LogicalName,AttributeType")}
        lengths = self._facts(table, "StringAttributeMetadata", "MaxLength")
        lengths |= self._facts(table, "MemoAttributeMetadata", "MaxLength")
        precisions = self._facts(table, "DecimalAttributeMetadata", "Precision")
        dates = self._facts(table, "DateTimeAttributeMetadata", "DateTimeBehavior")
        choices = self._choices_of(table)
        return TableDefinition(
            name=table,
            tracks_changes=info.tracks_changes,
            columns={
                name: ColumnDefinition(
                    name=name,
                    kind=_kind(row["AttributeType"], dates.get(name)),
                    max_length=lengths.get(name),
                    precision=precisions.get(name),
                    choice=choices.get(name),
                )
                for name, row in columns.items()
            },
            keys=self._fetch_keys(table),
            lookups=self._fetch_lookups(table),
        )

    def _fetch_keys(self, table: str) -> dict[str, KeyDefinition]:
        rows = self._values(table, "Keys", "SchemaName,KeyAttributes,EntityKeyIndexStatus")
        return {
            row["SchemaName"]: KeyDefinition(
                row["SchemaName"], tuple(row["KeyAttributes"]), str(row["EntityKeyIndexStatus"])
            )
            for row in rows
        }

    def _fetch_lookups(self, table: str) -> dict[str, LookupDefinition]:
        select = "ReferencingAttribute,ReferencingEntityNavigationPropertyName,ReferencedEntity"
        rows = self._values(table, "ManyToOneRelationships", select)
        return {
            row["ReferencingEntityNavigationPropertyName"]: LookupDefinition(
                row["ReferencingEntityNavigationPropertyName"], row["ReferencingAttribute"], row["ReferencedEntity"]
            )
            for row in rows
        }

    def _key_status(self, table: str) -> str:
        keys = self._fetch_keys(table).values()
        return next((key.status for key in keys if key.columns == (KEY_COLUMN,)), "Missing")

    def _choices_of(self, table: str) -> dict[str, str]:
        path = f"{_definition(table)}/Attributes/{CRM}.PicklistAttributeMetadata"
        params = {"$select": "LogicalName", "$expand": "GlobalOptionSet($select=Name)"}
        rows = self._client.get_json(path, params=params, headers=_STRONG)["value"]
        return {row["LogicalName"]: row["GlobalOptionSet"]["Name"] for row in rows if row.get("GlobalOptionSet")}

    def _facts(self, table: str, cast: str, fact: str) -> dict[str, Any]:
        rows = self._values(table, f"Attributes/{CRM}.{cast}", f"LogicalName,{fact}")
        return {row["LogicalName"]: row.get(fact) for row in rows}

    def _values(self, table: str, part: str, select: str) -> list[dict[str, Any]]:
        answer = self._client.get_json(f"{_definition(table)}/{part}", params={"$select": select}, headers=_STRONG)
        values: list[dict[str, Any]] = answer["value"]
        return values

    def _has_row(self, entity_set: str, id_column: str, unique_name: str) -> bool:
        params = {"$select": id_column, "$filter": f"uniquename eq {literal(unique_name)}"}
        return bool(self._client.get_json(entity_set, params=params)["value"])

    def _text(self, label: Mapping[str, Any] | None) -> str:
        labels = {item["LanguageCode"]: item["Label"] for item in (label or {}).get("LocalizedLabels", [])}
        return next((str(labels[code]) for code in self._languages.values() if code in labels), "")

    # --- creating

    def _headers(self) -> dict[str, str]:
        return {"MSCRM.SolutionUniqueName": self._schema.solution.solution.unique_name}

    def _post(self, path: str, body: Mapping[str, Any], *, in_solution: bool = True) -> None:
        headers = self._headers() if in_solution else None
        try:
            self._client.request("POST", path, json=body, headers=headers)
        except NeoRefusedError as refusal:
            name = body.get("SchemaName") or body.get("Name") or body.get("uniquename") or path
            raise ConfigError(
                f"neo {path.split('(')[0]} {name}",
                # Definitions hold no row values, so NEO's own words may be shown here.
                f"NEO refused to create it: {refusal.message or refusal.status} (request {refusal.request_id})",
                "correct the sheet under include/config/neo",
            ) from refusal


def _definition(table: str) -> str:
    return f"EntityDefinitions(LogicalName={literal(table)})"


def _kind(attribute_type: str, behavior: Any) -> str:
    if attribute_type == "DateTime" and isinstance(behavior, dict) and behavior.get("Value") == "DateOnly":
        return "date"
    return KIND_OF_ATTRIBUTE.get(attribute_type, attribute_type.lower())
