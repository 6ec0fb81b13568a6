"""The stages, in the order of the flow: one explicit list that the command, the DAGs and the tests read."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the scheduler reads this list often; the stores behind a stage are heavy
    from include.core.summary import RunSummary
    from include.stages.protocol import Stage, StageContext


@dataclass(frozen=True)
class StageSpec:
    """A stage: where its function is, the datasets it reads and writes, its Spanish title for pages.

    `function` is `module:name` or `module:name:argument`.
    """

    name: str
    function: str
    title_es: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def is_source(self) -> bool:
        """True for stages that read the outside world."""
        return self.name.startswith("ingest__")


PORTAL = tuple(
    f"stg_portal__{stream}"
    for stream in (
        "registrations",
        "companies",
        "contacts",
        "offers",
        "needs",
        "opportunities",
        "contact_requests",
    )
)
NEO_TABLES = (
    "account",
    "contact",
    "lead",
    "opportunity",
    "task",
    "systemuser",
    "transactioncurrency",
    "pc_need",
    "pc_offer",
    "pc_certificate",
    "pc_requirement",
    "pc_match",
    "pc_stage",
    "pc_sarlaftcase",
    "pc_demandgap",
)
NEO = tuple(f"stg_neo__{table}" for table in NEO_TABLES)
LISTS = ("stg_ofac__entries", "stg_un__entries", "stg_listademo__entries")
CUSTOMER = (
    "int_customer_xref",
    "int_review_pair",
    "dim_customer",
    "fct_customer_field",
    "dim_person",
    "fct_person_field",
)
SCREENING = (
    "fct_screening",
    "fct_sarlaft_case",
    "dim_sarlaft_state",
    "dim_registration_state",
    "int_screening_hit",
    "int_name_rarity",
)
REGISTRATION = ("fct_registration_decision", "fct_stage")
MATCHMAKING = (
    "ref_requirement",
    "fct_match",
    "fct_need_coverage",
    "fct_demand_gap",
    "fct_requirement_unlock",
    "fct_exporter_guide",
)


def _ingest(source: str, title_es: str, outputs: tuple[str, ...]) -> StageSpec:
    return StageSpec(f"ingest__{source}", f"include.stages.ingest:run_source:{source}", title_es, (), outputs)


_ALL = (
    _ingest("portal", "Portal de negocios", PORTAL),
    _ingest("rues", "Registro mercantil (RUES)", ("stg_rues__companies",)),
    _ingest("ofac", "Lista OFAC", ("stg_ofac__entries",)),
    _ingest("un", "Lista ONU", ("stg_un__entries",)),
    _ingest("listademo", "Lista de demostración", ("stg_listademo__entries",)),
    _ingest("directory", "Directorio de asesores", ("stg_directory__advisors",)),
    _ingest("neo", "NEO, estado presente", NEO),
    StageSpec(
        "customer_360",
        "include.stages.customer_360:run",
        "Cliente único",
        (
            "stg_portal__companies",
            "stg_portal__contacts",
            "stg_portal__registrations",
            "stg_rues__companies",
            "stg_neo__account",
            "stg_neo__contact",
        ),
        CUSTOMER,
    ),
    StageSpec(
        "sarlaft",
        "include.stages.sarlaft:run",
        "Consulta en listas",
        ("dim_customer", "dim_person", "int_customer_xref", "stg_portal__registrations", *LISTS),
        SCREENING,
    ),
    StageSpec(
        "registration",
        "include.stages.registration:run",
        "Puerta de registro",
        (
            "stg_portal__registrations",
            "stg_portal__companies",
            "stg_portal__contact_requests",
            "stg_portal__opportunities",
            "stg_directory__advisors",
            "int_customer_xref",
            "int_review_pair",
            "dim_customer",
            "dim_sarlaft_state",
            "dim_registration_state",
        ),
        REGISTRATION,
    ),
    StageSpec(
        "matchmaking",
        "include.stages.matchmaking:run",
        "Oferta y demanda",
        (
            "stg_portal__offers",
            "stg_portal__needs",
            "stg_portal__opportunities",
            "stg_portal__contact_requests",
            "int_customer_xref",
            "dim_customer",
            "dim_sarlaft_state",
        ),
        MATCHMAKING,
    ),
    StageSpec(
        "writeback",
        "include.stages.writeback:run",
        "Escritura en NEO",
        (
            *PORTAL[3:6],
            *CUSTOMER[:-1],
            *SCREENING[1:3],
            *REGISTRATION,
            "ref_requirement",
            "fct_match",
            "fct_demand_gap",
        ),
        ("plan_writeback",),
    ),
    StageSpec(
        "feedback",
        "include.stages.feedback:run",
        "Respuestas y avisos",
        ("fct_registration_decision", "plan_writeback"),
        (),
    ),
    StageSpec(
        "report",
        "include.stages.report:run",
        "Brechas de demanda",
        (*MATCHMAKING, "dim_customer", "dim_sarlaft_state"),
        (),
    ),
    StageSpec("maintenance", "include.stages.maintenance:run", "Mantenimiento"),
)

STAGES: dict[str, StageSpec] = {spec.name: spec for spec in _ALL}
SOURCES: tuple[str, ...] = tuple(name for name, spec in STAGES.items() if spec.is_source)
CHAIN: tuple[str, ...] = tuple(name for name in STAGES if name != "maintenance")


def load_stage(spec: StageSpec) -> "Stage":
    """Import the function of a stage, with its fixed argument when it has one."""
    module, name, *arguments = spec.function.split(":")
    function: Callable[..., RunSummary] = getattr(import_module(module), name)

    def stage(ctx: "StageContext") -> "RunSummary":
        return function(ctx, *arguments)

    return stage
