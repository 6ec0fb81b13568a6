"""`hub trace NIT|e-mail|name`: every stage's outcome for one company."""

import json
from typing import Annotated, Any

import typer


def trace(
    needle: Annotated[str, typer.Argument(metavar="NIT|E-MAIL|NAME", help="Also a hub id or a portal id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole story as JSON.")] = False,
) -> None:
    """Tell where a company is and why: its records, golden fields, state, matches, and what NEO answered."""
    from include.stages.protocol import open_context
    from include.stages.trace import trace as trace_company

    with open_context() as ctx:
        result = trace_company(ctx, needle)
    if as_json:
        typer.echo(json.dumps(result, default=str, indent=2, ensure_ascii=False))
    else:
        _print(result)
    known = result["found"] or result["quarantine"] or result["registrations"]
    raise typer.Exit(0 if known else 1)


def _print(result: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not result["found"] and not result["quarantine"] and not result["registrations"]:
        console.print(
            f"Nobody answers to [bold]{result['needle']}[/]: no customer, no registration, nothing in quarantine."
        )
        return
    if result["found"] > 1:
        console.print(
            _table(
                "Several customers; ask again with one of these ids",
                result["customers"],
                ("customer_id", "legal_name", "nit", "audience", "found_by"),
            )
        )
    if "customer" in result:
        _print_story(console, result["customer"])
    if result["registrations"] and "customer" not in result:
        console.print(
            _table(
                "Registrations on the portal",
                result["registrations"],
                ("registration_id", "decision", "reason_code", "company_name", "office_slug", "advisor_name"),
            )
        )
    if result["quarantine"]:
        console.print(
            _table("In quarantine", result["quarantine"], ("id", "source", "stream", "field", "reason", "remedy"))
        )


def _print_story(console: Any, story: dict[str, Any]) -> None:
    customer = story["customer"][0]
    nit = f"NIT {customer['nit']}" if customer["nit"] else f"tax id {customer['tax_id'] or 'unknown'}"
    console.rule(f"[bold]{customer['legal_name']}[/] · {customer['customer_id']}", align="left")
    console.print(
        f"{nit} ({customer['nit_status']}) · {customer['audience']} · {customer['country']} · "
        f"class {customer['quality_class']} · NEO account {customer['neo_account_id'] or 'not yet'}"
    )
    if customer["quality_missing"]:
        console.print(f"To reach the next class: {', '.join(customer['quality_missing'])}")
    sections = (
        (
            "Records that are this customer, and why",
            "records",
            ("source", "source_key", "rule", "confidence", "evidence_es"),
        ),
        ("Golden fields and where they come from", "fields", ("field", "value", "source", "observed_at", "rule")),
        ("People", "people", ("person_id", "full_name", "role", "source")),
        ("SARLAFT state", "sarlaft", ("state", "since_at")),
        ("Registrations", "registrations", ("registration_id", "decision", "reason_code", "advisor_name")),
        ("Matches as supplier", "matches_as_supplier", ("need_id", "state", "band", "score", "reasons_es")),
        ("Matches as buyer", "matches_as_buyer", ("offer_id", "state", "band", "score", "reasons_es")),
        ("What to obtain, and for which market", "guide", ("market", "requirement_code", "name_es", "authority")),
        ("Journey", "journey", ("occurred_at", "what_es", "actor", "source")),
        ("What NEO answered", "neo", ("at", "target", "row_key", "outcome", "reason_code", "reason")),
        ("Messages", "messages", ("channel", "kind", "state", "note")),
    )
    for title, name, columns in sections:
        if story[name]:
            console.print(_table(title, story[name], columns))


def _table(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if row.get(column) is None else str(row[column]) for column in columns))
    return table
