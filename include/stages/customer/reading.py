"""Reads the staged datasets into source records, and asks the commercial register only for what may concern us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pyarrow as pa

from include.core.reference import country_code, departments, municipalities
from include.stages.customer.sheets import CustomerSheets
from include.store.lake import Lake, Version
from include.store.sql import run_sql
from transforms.clean.place import Gazetteer
from transforms.clean.text import words
from transforms.golden.reading import Places, SourceRecord, read_rows
from transforms.golden.sheet import FieldRule, SourceColumns
from transforms.golden.typed import Written, read_as_typed
from transforms.resolve.companies import vouch_for_nits
from transforms.resolve.facts import Population
from transforms.resolve.parties import party_of
from transforms.resolve.record import Party


@dataclass(frozen=True)
class CompanyRecords:
    """Company records by source, and the same ones as resolution compares them.

    Of a tax number with several registrations only the one that speaks for it is in `register`; the others are in
    `other_registrations`, key to the key of that one. `register_rows` counts the whole register.
    """

    core: list[SourceRecord]
    newcomers: list[SourceRecord]
    register: list[SourceRecord]
    other_registrations: Mapping[str, str]
    register_rows: int
    parties: Mapping[str, Party]

    def parties_of(self, records: Iterable[SourceRecord]) -> list[Party]:
        """The comparable forms of some records."""
        return [self.parties[record.ref] for record in records]


@cache
def places() -> Places:
    """The packaged reference tables, indexed once."""
    return Places(Gazetteer.build(municipalities(), departments()), country_code)


def read_companies(
    lake: Lake, versions: Mapping[str, Version], sheets: CustomerSheets, written: Written
) -> CompanyRecords:
    """Read NEO accounts, portal companies and registrations whole; of the register what they ask for.

    NITs are held against the register on the way: `is_nit_confirmed` and `is_nit_disputed` of the parties are set.
    """
    sources, fields = sheets.survivorship.sources, sheets.survivorship.fields
    core = [record for name in ("neo", "portal") for record in read_source(lake, versions, name, sources[name], fields)]
    newcomers = read_source(lake, versions, "portal_registration", sources["portal_registration"], fields)
    parties = {record.ref: party_of(record, sources[record.source]) for record in (*core, *newcomers)}
    typed = {
        one.compared.ref: one
        for one in read_as_typed(
            [record for record in core if record.source == "neo"], sources["neo"], fields, places(), written
        )
    }
    core = [typed[record.ref].golden if record.ref in typed else record for record in core]
    parties |= {ref: party_of(one.compared, sources["neo"]) for ref, one in typed.items()}
    version = versions.get(sources["rues"].dataset)
    rows = _register_rows(lake, version, nits={party.nit.base for party in parties.values() if party.nit.base})
    register = _read_register(rows, sheets)
    parties = _vouch(parties, register, sheets)
    known = {record.key for record in register}
    by_name = _register_rows(lake, version, names=sorted(_telling_names(parties, sheets), key=sorted))
    register += [record for record in _read_register(by_name, sheets) if record.key not in known]
    speaker = {record.raw["base"]: record.key for record in register if record.raw["choice"] == 1}
    return CompanyRecords(
        core=core,
        newcomers=newcomers,
        register=[record for record in register if record.raw["choice"] == 1],
        other_registrations={
            record.key: speaker[record.raw["base"]] for record in register if record.raw["choice"] > 1
        },
        register_rows=version.rows if version is not None else 0,
        parties=parties | {record.ref: _register_party(record, sheets) for record in register},
    )


def read_source(
    lake: Lake, versions: Mapping[str, Version], source: str, where: SourceColumns, fields: Mapping[str, FieldRule]
) -> list[SourceRecord]:
    """All records of one source; a dataset that was never published has none."""
    version = versions.get(where.dataset)
    rows = lake.read(version).to_pylist() if version is not None else []
    return read_rows(source, where, rows, fields, places())


def place_names() -> frozenset[str]:
    """Words that name a department's capital: siblings of one group call themselves by them."""
    gazetteer = places().gazetteer
    capitals = (name for code, name in gazetteer.names.items() if code.endswith("001"))
    return frozenset(word for name in capitals for word in words(name) if len(word) > 3)


def _register_rows(
    lake: Lake, version: Version | None, *, nits: Iterable[str] = (), names: Iterable[frozenset[str]] = ()
) -> list[dict[str, Any]]:
    """Register rows with one of these numbers, or with about the words of one of these names."""
    if version is None:
        return []
    asked = [(number, len(name), word) for number, name in enumerate(names) for word in sorted(name)]
    columns = list(zip(*asked, strict=True)) or [(), (), ()]
    with lake.query({version.dataset: version}) as con:
        con.register("wanted_nit", pa.table({"base": pa.array(sorted(nits), pa.string())}))
        con.register(
            "wanted_word",
            pa.table(
                {
                    "name_no": pa.array(columns[0], pa.int64()),
                    "name_length": pa.array(columns[1], pa.int64()),
                    "word": pa.array(columns[2], pa.string()),
                }
            ),
        )
        return list(run_sql(con, "intermediate/int_rues_company").to_pylist())


def _read_register(rows: Iterable[Mapping[str, Any]], sheets: CustomerSheets) -> list[SourceRecord]:
    sheet = sheets.survivorship
    return read_rows("rues", sheet.sources["rues"], rows, sheet.fields, places(), lambda row: "CO")


def _register_party(record: SourceRecord, sheets: CustomerSheets) -> Party:
    return replace(party_of(record, sheets.survivorship.sources["rues"]), is_nit_confirmed=True)


def _vouch(parties: Mapping[str, Party], register: Iterable[SourceRecord], sheets: CustomerSheets) -> dict[str, Party]:
    """The parties with their NITs confirmed or disputed by the register."""
    rows = [_register_party(record, sheets) for record in register if record.raw["choice"] == 1]
    population = Population.of(list(parties.values()), rows, sheets.identity, place_names())
    by_nit = {row.nit.base: row for row in rows if row.nit.base}
    return {party.ref: party for party in vouch_for_nits(list(parties.values()), by_nit, population, sheets.identity)}


def _telling_names(parties: Mapping[str, Party], sheets: CustomerSheets) -> set[frozenset[str]]:
    """The telling words of every name under which the register is searched: of records with no NIT beyond doubt."""
    names = (
        frozenset(word for word in name.tokens if len(word) > 2 and word not in sheets.identity.generic_words)
        for party in parties.values()
        if not party.is_nit_sure and party.country in (None, "CO")
        for name in party.names
    )
    return {name for name in names if name}
