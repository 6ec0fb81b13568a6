"""`hub screen NAME`: one name, one document, against every list in use."""

import json
from typing import Annotated, Any

import typer

_LEVELS = {"exact": "bold red", "high": "red", "medium": "yellow", "low": "dim"}


def screen(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A person's or a company's name, in any order.")],
    document: Annotated[str | None, typer.Option("--document", help="NIT, cédula, passport or tax number.")] = None,
    document_type: Annotated[
        str | None, typer.Option("--document-type", help="CC, NIT, passport …; without it both series are tried.")
    ] = None,
    country: Annotated[str | None, typer.Option("--country", help="Country (name or ISO code).")] = None,
    birth_year: Annotated[int | None, typer.Option("--birth-year", help="Year of birth, if known.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="person or company; without it, both.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare one name with the lists in use. For the compliance team: nothing is kept, no case is opened."""
    from include.stages.protocol import open_context
    from include.stages.screening.lookup import look_up

    if kind not in (None, "person", "company"):
        raise typer.BadParameter("say person or company", param_hint="--kind")
    with open_context() as ctx:
        result = look_up(
            ctx,
            name,
            document=document,
            document_type=document_type,
            country=_country(country),
            birth_year=birth_year,
            kind=kind,  # type: ignore[arg-type]  # checked above
        )
    if as_json:
        typer.echo(json.dumps(result, default=str, indent=2, ensure_ascii=False))
    else:
        _print(result)


def _country(text: str | None) -> str | None:
    from include.core.reference import country_code

    if text is None:
        return None
    code = country_code(text)
    if code is None:
        raise typer.BadParameter("no country is known by this name or code", param_hint="--country")
    return code


def _print(result: dict[str, Any]) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    against = "; ".join(_told(used) for used in result["lists"])
    if not result["findings"]:
        console.print(f"[bold]Sin coincidencias[/] en {against}.")
    else:
        table = Table(box=box.SIMPLE_HEAD)
        for column in ("nivel", "puntaje", "lista", "registro", "nombre en la lista", "por qué"):
            table.add_column(column, overflow="fold")
        for found in result["findings"]:
            level = found["match_level"]
            code = found["list_code"] + (" (vinculante)" if found["is_binding"] else "")
            table.add_row(
                f"[{_LEVELS[level]}]{level}[/]", f"{found['score']:.3f}", code, found["list_entry_id"],
                escape(found["matched_name"]), escape(found["why_es"]),
            )  # fmt: skip
        console.print(table)
        console.print(f"Consultado en {against}.")
    if any(not used["is_usable"] for used in result["lists"]):
        console.print("[bold yellow]Resultado incompleto:[/] falta una lista o lleva días sin actualizarse.")


def _told(used: dict[str, Any]) -> str:
    if used["version"] is None:
        return f"{used['list_code']} (sin cargar)"
    date = f" a {used['published_at']}" if used["published_at"] else ""
    return f"{used['list_code']}, versión {used['version'][:12]}{date}"
