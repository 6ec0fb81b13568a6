"""One customer each: resolves the records of all sources into customers, builds golden records, scores profiles.

The steps are in `include.stages.customer`; what decides is in the sheets identity, survivorship, quality, programmes.
When neither a dataset, a sheet nor a verdict of a person changed, nothing is computed.
"""

from collections.abc import Iterable, Mapping

from include.core.fingerprint import fingerprint
from include.core.summary import Counts, RunSummary
from include.stages.customer.golden import build_customers, read_provenance
from include.stages.customer.people import Belonging, PeopleRows, build_people
from include.stages.customer.publishing import (
    CUSTOMER_FIELD,
    PERSON_FIELD,
    XREF,
    publish_customers,
    publish_links,
    publish_people,
)
from include.stages.customer.reading import CompanyRecords, read_companies
from include.stages.customer.resolving import Customers, LinkedRecord, resolve_customers
from include.stages.customer.sheets import SHEETS, load_customer_sheets
from include.stages.protocol import Inputs, StageContext, begin, finish, waiting
from include.store.lake import Published
from transforms.golden.typed import Written
from transforms.resolve.record import Evidence

STAGE = "customer_360"
REQUIRED = ("stg_portal__companies", "stg_neo__account")
OPTIONAL = ("stg_portal__contacts", "stg_portal__registrations", "stg_rues__companies", "stg_neo__contact")
OUTPUTS = (
    "int_customer_xref",
    "int_review_pair",
    "fct_customer_field",
    "dim_customer",
    "fct_person_field",
    "dim_person",
)
_REGISTER = "stg_rues__companies"


def run(ctx: StageContext) -> RunSummary:
    """Resolve, survive, score, publish. Counts are of input records: each is linked anew, moved, as before, or held."""
    inputs = begin(ctx, STAGE, required=REQUIRED, optional=OPTIONAL, sheets=SHEETS)
    if inputs.missing:
        return waiting(ctx, inputs)
    verdicts = _verdicts(ctx)
    if not inputs.changed and ctx.ledger.watermarks.get(STAGE, "judgements") == verdicts:
        return _unchanged(ctx, inputs)
    sheets = load_customer_sheets()
    before = _last_links(ctx)
    has_same_rules = inputs.changed.isdisjoint({"identity", "code"})
    ctx.progress("reading the sources")
    written = Written(ctx.ledger.sent.get("account"), ctx.ledger.sent.replaced("account"))
    records = read_companies(ctx.lake, inputs.versions, sheets, written)
    ctx.progress("finding who is who")
    customers = resolve_customers(ctx, records, sheets, before if has_same_rules else {})
    ctx.progress("building golden records")
    previous = read_provenance(_last(ctx, "fct_customer_field", CUSTOMER_FIELD), "customer_id")
    golden = build_customers(customers, sheets, written.sent, previous)
    belonging = Belonging(
        {link.ref: link.hub_id for link in customers.links},
        {row["customer_id"]: row["value"] for row in golden.fields if row["field"] == "country"},
    )
    people_before = read_provenance(_last(ctx, "fct_person_field", PERSON_FIELD), "person_id")
    people = build_people(ctx, inputs.versions, records.register, belonging, sheets, people_before)
    ctx.progress("publishing")
    names = inputs.version_names
    published = publish_links(ctx, customers.links, customers.resolution.reviews, names)
    published |= publish_customers(ctx, golden, names)
    published |= publish_people(ctx, people, names)
    summary = _summary(ctx, records, customers, people, before, published)
    ctx.ledger.watermarks.set(STAGE, "judgements", verdicts, ctx.run_id)
    return finish(ctx, inputs, summary)


def _verdicts(ctx: StageContext) -> str:
    """A fingerprint of what people said about pairs: it must start a run although no dataset changed."""
    said = {kind: sorted(ctx.ledger.judgements.current(kind).items()) for kind in ("customer", "person")}
    return fingerprint(said)


def _last_links(ctx: StageContext) -> dict[str, LinkedRecord]:
    rows = ctx.lake.read_or_empty("int_customer_xref", XREF).to_pylist()
    links = (
        LinkedRecord(
            row["source"],
            row["source_key"],
            row["hub_id"],
            Evidence(row["rule"], row["confidence"], row["evidence_es"]),
        )
        for row in rows
    )
    return {link.ref: link for link in links}


def _last(ctx: StageContext, dataset: str, schema: object) -> list[dict[str, object]]:
    return list(ctx.lake.read_or_empty(dataset, schema).to_pylist())


def _unchanged(ctx: StageContext, inputs: Inputs) -> RunSummary:
    parts = {name: Counts(read=version.rows, unchanged=version.rows) for name, version in inputs.versions.items()}
    versions = {name: version.version for name in OUTPUTS if (version := ctx.lake.current(name)) is not None}
    return finish(ctx, inputs, RunSummary(STAGE, ctx.run_id, parts=parts, versions_out=versions))


def _summary(
    ctx: StageContext,
    records: CompanyRecords,
    customers: Customers,
    people: PeopleRows,
    before: Mapping[str, LinkedRecord],
    published: Mapping[str, Published],
) -> RunSummary:
    """Count every input record once; register rows that concern nobody are unchanged by definition."""
    reviews = customers.resolution.reviews
    held = {party.ref for pair in reviews for party in (pair.left, pair.right)}
    now = {link.ref: link.hub_id for link in customers.links}
    was = {ref: link.hub_id for ref, link in before.items()}
    parts = {}
    for source in ("neo", "portal", "portal_registration"):
        refs = [record.ref for record in (*records.core, *records.newcomers) if record.source == source]
        parts[f"companies_{source}"] = _count(refs, now, was, held)
    refs = [record.ref for record in records.register] + [f"rues:{key}" for key in records.other_registrations]
    others = records.register_rows - len(refs)
    parts["companies_rues"] = _count(refs, now, was, held) + Counts(read=others, unchanged=others)
    now_people = {link.ref: link.hub_id for link in people.links}
    parts["people"] = _count(now_people, now_people, people.before, set())
    minted = published["dim_customer"].counts.created
    notes = [f"{len(customers.records)} customers, {minted} new; {len(reviews)} pairs wait for a person"]
    return RunSummary(
        STAGE,
        ctx.run_id,
        parts=parts,
        notes=notes,
        versions_out={name: one.version.version for name, one in published.items()},
    )


def _count(refs: Iterable[str], now: Mapping[str, str], before: Mapping[str, str], held: set[str]) -> Counts:
    total = Counts()
    for ref in refs:
        if ref in held:
            total += Counts(read=1, held=1)
        elif now.get(ref) == before.get(ref):
            total += Counts(read=1, unchanged=1)
        elif ref in before:
            total += Counts(read=1, changed=1)
        else:
            total += Counts(read=1, created=1)
    return total
