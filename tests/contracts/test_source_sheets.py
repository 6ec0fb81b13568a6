"""House law for source sheets: every sheet loads, says what it must, and makes the datasets other stages read."""

import csv
import re
from pathlib import Path

import pyarrow as pa
import pytest

from include.core.errors import ConfigError
from include.core.source_sheet import (
    SOURCES_DIR,
    SourceSheet,
    list_entry_schema,
    load_source,
    load_sources,
    staged_schema,
    stream_schema,
)
from include.stages.ingesting.contract import RecordContract
from include.stages.registry import STAGES

SHEETS = load_sources()
STREAMS = [(sheet, stream) for sheet in SHEETS.values() for stream in sheet.streams]
CRON = re.compile(r"^(\S+ ){4}\S+$")
TYPES = {
    "str": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "at": pa.timestamp("us", "UTC"),
    "list": pa.list_(pa.string()),
}
CERTIFICATES = pa.list_(pa.struct([("code", pa.string()), ("valid_until", pa.string()), ("is_verified", pa.bool_())]))
# What the other stages read: texts unless a suffix says otherwise.
COLUMNS = {
    "stg_portal__registrations": """registration_id audience submitted_at:at updated_at:at nit tax_id company_name
        trade_name country city department email phone website contact_first_name contact_last_name
        contact_document_type contact_document contact_position language product_text ciiu hs_codes:list origin status
        consent_marketing:bool""",
    "stg_portal__companies": """company_id audience nit tax_id name trade_name country city department address email
        phone website sector ciiu size description languages:list target_markets:list export_markets:list
        years_exporting:int profile_status status origin consent_marketing:bool created_at:at updated_at:at""",
    "stg_portal__contacts": """contact_id company_id first_name last_name position email phone document_type
        document_number country language role created_at:at updated_at:at""",
    "stg_portal__offers": """offer_id company_id kind title description hs_codes:list codes_confirmed:bool
        capacity_value:float capacity_unit capacity_period price_usd:float price_unit incoterms:list lead_time_days:int
        min_order:float certificates:certificates excluded_markets:list status created_at:at updated_at:at""",
    "stg_portal__needs": """need_id company_id title description kind hs_codes:list codes_confirmed:bool market
        volume_value:float volume_unit volume_period min_volume:float target_price_usd:float price_unit incoterm
        latest_on:date certificates_required:list wishes:list languages:list interpreter_ok:bool value_usd_year:float
        origin status created_at:at updated_at:at""",
    "stg_portal__opportunities": """opportunity_id need_id offer_id exporter_company_id buyer_company_id stage
        value_usd:float is_effective:bool created_at:at updated_at:at""",
    "stg_portal__contact_requests": """request_id need_id offer_id buyer_company_id exporter_company_id
        requested_at:at answered_at:at status updated_at:at""",
    "stg_rues__companies": """chamber_code registration_no legal_name first_surname second_surname first_name
        second_name acronym id_class_code id_number nit dv ciiu_1 ciiu_2 ciiu_3 ciiu_4 registered_on:date
        renewed_on:date last_renewal_year:int cancelled_on:date society_type_code organisation_code organisation_name
        category_code status_code status_name rep_id_class rep_id_number rep_name source_updated_at:at chamber_name""",
    "stg_directory__advisors": """advisor_id full_name email job_title office_slug office_kind countries:list
        departments:list sectors:list languages:list is_active:bool""",
}
KEYS = {
    "stg_portal__registrations": ("registration_id",),
    "stg_portal__companies": ("company_id",),
    "stg_portal__contacts": ("contact_id",),
    "stg_portal__offers": ("offer_id",),
    "stg_portal__needs": ("need_id",),
    "stg_portal__opportunities": ("opportunity_id",),
    "stg_portal__contact_requests": ("request_id",),
    "stg_rues__companies": ("chamber_code", "registration_no"),
    "stg_directory__advisors": ("advisor_id",),
}


def test_the_walk_sees_the_sheets() -> None:
    assert {"portal", "rues", "ofac", "un", "listademo", "directory", "neo"} <= set(SHEETS)
    assert len(STREAMS) >= 9


@pytest.mark.parametrize("dataset", COLUMNS)
def test_a_dataset_has_the_columns_and_key_other_stages_read(dataset: str) -> None:
    named = (column.partition(":") for column in COLUMNS[dataset].split())
    expected = {name: CERTIFICATES if kind == "certificates" else TYPES[kind or "str"] for name, _, kind in named}
    schema = staged_schema(dataset)
    assert dict(zip(schema.names, schema.types, strict=True)) == expected
    source, stream = dataset.removeprefix("stg_").split("__")
    assert SHEETS[source].streams[stream].key == KEYS[dataset]


@pytest.mark.parametrize("source", ["ofac", "un", "listademo"])
def test_every_list_makes_the_same_columns(source: str) -> None:
    assert stream_schema(SHEETS[source], "entries").equals(list_entry_schema())
    assert staged_schema(f"stg_{source}__entries").equals(list_entry_schema())


def test_a_dataset_nobody_makes_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="no source sheet makes"):
        staged_schema("stg_dane__exports")


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.source)
def test_a_sheet_says_who_when_and_where(sheet: SourceSheet) -> None:
    assert sheet.owner
    assert sheet.title_es
    assert CRON.match(sheet.schedule), "a cron line of five fields"
    spec = STAGES[f"ingest__{sheet.source}"]
    assert set(spec.outputs) <= set(sheet.datasets.values()), "the registry promises what no sheet makes"
    if sheet.kind != "neo":
        assert set(spec.outputs) == set(sheet.datasets.values())


def test_no_dataset_is_made_twice() -> None:
    made = [dataset for sheet in SHEETS.values() for dataset in sheet.datasets.values()]
    assert len(made) == len(set(made))


@pytest.mark.parametrize(("sheet", "stream"), STREAMS, ids=lambda value: getattr(value, "source", value))
def test_a_stream_compiles_and_gives_its_reasons(sheet: SourceSheet, stream: str) -> None:
    checked = RecordContract(sheet, stream).check([{}])
    assert [refusal.reason.code for refusal in checked.refusals] == ["missing_field"]
    described = sheet.streams[stream]
    assert all(len(reason) > 3 for reason in described.ignore.values()), "say why a field is ignored"
    sources = [field.source or name for name, field in described.fields.items()]
    assert not set(sources) & set(described.ignore), "a field is read or ignored, not both"
    assert len(sources) == len(set(sources)), "two fields read the same one of the source"


def test_the_register_names_every_heading_of_the_source(shared_data: Path) -> None:
    with (shared_data / "rues" / "columnas.csv").open(encoding="utf-8", newline="") as file:
        headings = {row["column"] for row in csv.DictReader(file) if row["dataset"] == "c82u-588k"}
    stream = SHEETS["rues"].streams["companies"]
    known = {field.source for field in stream.fields.values()} | set(stream.ignore)
    assert len(headings) == 36
    assert headings == {name for name in known if name and not name.startswith(":")}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with a copy of the portal's sheet, to be spoiled."""
    (tmp_path / "portal.yml").write_text((SOURCES_DIR / "portal.yml").read_text())
    (tmp_path / "ofac.yml").write_text((SOURCES_DIR / "ofac.yml").read_text())
    return tmp_path


SPOILED = [
    ("portal", "kind: portal\n", "kind: portal\ncolour: red\n", "unknown key `colour`"),
    ("portal", "    key: [registration_id]\n", "    key: [registration_id]\n    page: 3\n", "page"),
    ("portal", "required: true, max_length: 300", "required: true, maximum: 300", "maximum"),
    ("portal", "      city: str\n", "      city: text\n", "city"),
    ("portal", "      city: str\n", "      city: str\n      city: str\n", "written twice"),
    ("portal", "max_drop: 0.10", "max_drop: 10", "max_drop"),
    ("portal", "check: nit_check_digit", "check: nit", "check"),
    ("portal", "- field: nit\n", "- field: nitt\n", "nitt"),
    ("portal", "key: [registration_id]", "key: [nit]", "must be required"),
    ("portal", "{type: str, required: true, check: country}", "{type: str, required: true, on_bad: blank}", "blanked"),
    ("portal", "      latest_on: date", "      latest_on: {type: str, format: '%Y'}", "format"),
    ("portal", "      hs_codes: list[str]", "      hs_codes: list[object]", "item"),
    ("portal", "      city: str\n", "      city: {type: str, split: ';'}\n", "split"),
    ("portal", "kind: portal\n", "kind: list\n", "watchlist"),
    ("portal", 'schedule: "*/15 * * * *"\n', "", "schedule"),
    ("ofac", "  format: ofac\n", "  format: csv\n", "format"),
    ("ofac", "  min_share: 0.90\n", "  min_share: 0.90\n  max_age: 3\n", "max_age"),
    ("ofac", "source: ofac\n", "source: sdn\n", "alike"),
]


@pytest.mark.parametrize(("source", "old", "new", "told"), SPOILED, ids=[told for *_, told in SPOILED])
def test_a_spoiled_sheet_is_refused_by_name_and_line(broken: Path, source: str, old: str, new: str, told: str) -> None:
    path = broken / f"{source}.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=re.escape(told)) as caught:
        load_source(source, broken)
    assert re.match(rf"{source}\.yml(:\d+)?$", caught.value.where)


def test_a_changed_sheet_is_read_again(broken: Path) -> None:
    assert load_source("portal", broken).owner == "Equipo de emparejamiento"
    path = broken / "portal.yml"
    path.write_text(path.read_text().replace("owner: Equipo de emparejamiento", "owner: Otra persona"))
    assert load_source("portal", broken).owner == "Otra persona"
