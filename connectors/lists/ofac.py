"""OFAC's flat files: SDN.CSV with ALT.CSV (aliases), ADD.CSV (addresses) and SDN_COMMENTS.CSV (more remarks).

No header, CRLF, null is `-0- `, the last byte is 0x1A; half of what matters (birth dates, numbers, weak
aliases) is text inside the remarks, see `remarks`. LISTA-DEMO is published in the same format.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from connectors.lists.entry import (
    CountryOf,
    CountryReader,
    ListEntry,
    MalformedListError,
    Name,
    ParsedList,
    unique_names,
)
from connectors.lists.remarks import parse_remarks

END_MARK = b"\x1a"
WIDTHS = {"sdn": 12, "alt": 5, "add": 6, "comments": 2}
# A longer remark is cut there, in the middle of a word, and goes on in SDN_COMMENTS.CSV.
REMARK_LIMIT = 1000
_TYPES = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft", "": "company"}
_ALIAS_KINDS = frozenset({"aka", "fka", "nka"})


def parse_ofac(
    files: Mapping[str, bytes],
    *,
    list_code: str,
    country_of: CountryOf,
    binding_programs: Collection[str] = (),
) -> ParsedList:
    """Parse one publication.

    `files` maps sdn, alt and, where published, add and comments to their bytes. An entry is binding when
    one of its programs is in `binding_programs`. Raises MalformedListError when a file is cut or misshapen.
    """
    tables = {part: _rows(part, payload) for part, payload in files.items()}
    missing = {"sdn", "alt"} - set(tables)
    if missing:
        raise MalformedListError(f"there is no {' and no '.join(sorted(missing))} file")
    countries = CountryReader(country_of)
    aliases, addresses = _by_entry(tables["alt"]), _by_entry(tables.get("add", []))
    comments = _by_entry(tables.get("comments", []))
    entries = [
        _entry(row, aliases.pop(row[0], []), addresses.pop(row[0], []), comments.pop(row[0], []), list_code,
               countries, binding_programs)
        for row in tables["sdn"]
    ]  # fmt: skip
    _refuse_doubles(entries)
    orphans = {"aliases": aliases, "addresses": addresses, "comments": comments}
    notes = tuple(
        f"{sum(map(len, rows.values()))} {what} belong to no entry: the files are not of the same day"
        for what, rows in orphans.items()
        if rows
    )
    return ParsedList(tuple(entries), None, notes, countries.unknown)


def _rows(part: str, payload: bytes) -> list[list[str]]:
    """Rows of one file, nulls as empty text; refuses a file that was cut or that has another shape."""
    if not payload.rstrip(b"\r\n").endswith(END_MARK):
        raise MalformedListError(f"the {part} file does not end in its end mark: the download was cut")
    text = payload[: payload.rindex(END_MARK)].decode("utf-8")
    rows = [
        ["" if cell.strip() == "-0-" else cell.strip() for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""))
        if row and any(cell.strip() for cell in row)
    ]
    bad = next((n for n, row in enumerate(rows, start=1) if len(row) != WIDTHS[part] or not row[0].isdigit()), None)
    if bad is not None:
        raise MalformedListError(f"line {bad} of the {part} file does not have {WIDTHS[part]} columns after a number")
    return rows


def _entry(
    row: Sequence[str],
    aliases: Sequence[Sequence[str]],
    addresses: Sequence[Sequence[str]],
    comments: Sequence[Sequence[str]],
    list_code: str,
    countries: CountryReader,
    binding_programs: Collection[str],
) -> ListEntry:
    number, name, kind, programs = row[:4]
    if not name or kind not in _TYPES:
        raise MalformedListError(f"entry {number} has no name, or a type that was never seen ({kind or 'none'})")
    remarks = parse_remarks(_joined(row[11], comments), countries)
    names = [Name(name, "primary"), *(_alias(number, alias) for alias in aliases), *remarks.names]
    located = [code for address in addresses if (code := countries.read(address[4]))]
    listed = tuple(program.strip(" []") for program in programs.split("] [") if program.strip(" []"))
    return ListEntry(
        entry_id=number,
        list_code=list_code,
        entry_type=_TYPES[kind],
        names=unique_names(names),
        identifiers=tuple(dict.fromkeys(remarks.identifiers)),
        birth_dates=tuple(dict.fromkeys(remarks.birth_dates)),
        countries=tuple(dict.fromkeys([*remarks.countries, *located])),
        programs=listed,
        is_binding=any(program in binding_programs for program in listed),
        listed_on=None,
    )


def _alias(number: str, alias: Sequence[str]) -> Name:
    _, _, kind, name, _ = alias
    if kind not in _ALIAS_KINDS or not name:
        raise MalformedListError(f"an alias of entry {number} has no name, or a type that was never seen ({kind})")
    return Name(name, kind)


def _joined(remark: str, comments: Sequence[Sequence[str]]) -> str:
    more = "".join(text for _, text in comments)
    if not more:
        return remark
    return remark + more if len(remark) >= REMARK_LIMIT else f"{remark.rstrip(' .')}; {more}"


def _by_entry(rows: Sequence[list[str]]) -> dict[str, list[list[str]]]:
    grouped: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


def _refuse_doubles(entries: Sequence[ListEntry]) -> None:
    if len({entry.entry_id for entry in entries}) != len(entries):
        raise MalformedListError("an entry number is given twice")
