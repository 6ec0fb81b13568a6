"""The sandbox's invented world as staged datasets, without running any connector: tests of stages start from here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from include.sandbox.world import World
from include.store.lake import Lake

KEYS = {"companies": "company_id", "registrations": "registration_id", "contacts": "contact_id"}
RUES_COLUMNS = {
    "codigo_camara": "chamber_code",
    "camara_comercio": "chamber_name",
    "matricula": "registration_no",
    "razon_social": "legal_name",
    "sigla": "acronym",
    "codigo_clase_identificacion": "id_class_code",
    "numero_identificacion": "id_number",
    "nit": "nit",
    "digito_verificacion": "dv",
    "cod_ciiu_act_econ_pri": "ciiu_1",
    "fecha_matricula": "registered_on",
    "fecha_renovacion": "renewed_on",
    "codigo_categoria_matricula": "category_code",
    "codigo_estado_matricula": "status_code",
    "estado_matricula": "status_name",
    "clase_identificacion_rl": "rep_id_class",
    "num_identificacion_representante_legal": "rep_id_number",
    "representante_legal": "rep_name",
    "fecha_actualizacion": "source_updated_at",
}
INSTANTS = ("created_at", "updated_at", "submitted_at", "createdon", "modifiedon")
Rows = Sequence[Mapping[str, Any]]


def stage_world(lake: Lake, world: World, run_id: str = "world") -> None:
    """Publish the datasets the customer stage reads."""
    for stream, key in KEYS.items():
        rows = [{key: row["id"], **{k: v for k, v in row.items() if k != "id"}} for row in world.portal[stream]]
        publish_rows(lake, f"stg_portal__{stream}", rows, [key], run_id)
    for table, key in (("account", "accountid"), ("contact", "contactid")):
        publish_rows(lake, f"stg_neo__{table}", [neo_row(row) for row in world.neo[table]], [key], run_id)
    register = [{ours: row[theirs] or None for theirs, ours in RUES_COLUMNS.items()} for row in world.rues]
    publish_rows(lake, "stg_rues__companies", register, ["chamber_code", "registration_no"], run_id)


def neo_row(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A seeding payload as NEO would answer it: lookups by value, state code there."""
    row = {name: value for name, value in payload.items() if "@" not in name}
    parent = payload.get("parentcustomerid_account@odata.bind")
    if "contactid" in payload:
        row["_parentcustomerid_value"] = parent[len("/accounts(") : -1] if parent else None
    return {"statecode": 0} | row


def publish_rows(lake: Lake, dataset: str, rows: Rows, key: Sequence[str], run_id: str = "test") -> None:
    """Publish rows as a dataset; instants written as text become instants."""
    names = sorted({name for row in rows for name in row})
    columns = {name: [_value(name, row.get(name)) for row in rows] for name in names}
    lake.publish(dataset, pa.table(columns), key=list(key), run_id=run_id)


def rows_of(lake: Lake, dataset: str, key: Callable[[dict[str, Any]], Any]) -> dict[Any, dict[str, Any]]:
    """The current rows of a dataset by some key."""
    return {key(row): row for row in lake.read(dataset).to_pylist()}


def _value(name: str, value: Any) -> Any:
    if name not in INSTANTS or not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # the world spoils a few; ingestion would quarantine them
        return None
