"""The companions that a money column brings to its table: its twin in base currency, the rate and the currency."""

from collections.abc import Iterable

from include.sandbox.neo.model.kinds import Column, Kind, Label, Relationship, stable_id

RATE = "exchangerate"
CURRENCY = "transactioncurrencyid"


def base_twin(table: str, column: Column) -> Column:
    """`<column>_base`: read-only, kept by the server as value / exchangerate."""
    logical = f"{column.logical}_base"
    return Column(
        logical=logical,
        schema=f"{column.schema}_Base",
        kind=Kind.MONEY,
        label=Label.of(f"{column.label.text} (base)"),
        metadata_id=stable_id(table, logical),
        minimum=-922337203685477,
        maximum=922337203685477,
        precision=column.precision,
        is_readonly=True,
        base_of=column.logical,
        is_custom=column.is_custom,
    )


def companions(
    table: str, schema: str, columns: Iterable[Column]
) -> tuple[tuple[Column, ...], tuple[Relationship, ...]]:
    """What is missing beside the money columns among `columns`; empty when there is none."""
    held = {column.logical: column for column in columns}
    money = [c for c in held.values() if c.kind is Kind.MONEY and c.base_of is None]
    if not money:
        return (), ()
    added = [base_twin(table, column) for column in money if f"{column.logical}_base" not in held]
    links: list[Relationship] = []
    if RATE not in held:
        added.append(
            Column(
                RATE, "ExchangeRate", Kind.DECIMAL, Label.of("Tasa de cambio", "Exchange Rate"),
                stable_id(table, RATE), minimum=1e-10, maximum=1e11, precision=10, is_readonly=True,
            )
        )  # fmt: skip
    if CURRENCY not in held:
        added.append(
            Column(
                CURRENCY, "TransactionCurrencyId", Kind.LOOKUP, Label.of("Divisa", "Currency"),
                stable_id(table, CURRENCY), targets=("transactioncurrency",),
            )
        )  # fmt: skip
        name = f"TransactionCurrency_{schema}"
        links.append(
            Relationship(
                name, "transactioncurrency", table, CURRENCY, CURRENCY, name,
                stable_id("relationship", table, name), on_delete="Restrict",
            )
        )  # fmt: skip
    return tuple(added), tuple(links)
