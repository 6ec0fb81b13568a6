"""What the company registry (dataset c82u-588k) holds: all 36 columns as text, several rows for some NITs, and noise.

Every exporter but a few is there, among many firms that nobody else knows.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from include.sandbox.world.chance import day_between, happens, stream, weighted
from include.sandbox.world.minting import Mint, check_digit, plain
from include.sandbox.world.model import Company, Ledger, Person
from include.sandbox.world.naming import Namer, official_name
from include.sandbox.world.packaged import registry

Row = dict[str, str]
FOREVER = "99991231"
BOGOTA = ("04", "BOGOTA")
_STATE_WORDS = {"": 965.0, " EN REORGANIZACION": 14.0, " EN LIQUIDACION": 14.0, " EN LIQUIDACION JUDICIAL": 7.0}


@dataclass(frozen=True)
class _Registered:
    """A matricula in the making."""

    chamber: tuple[str, str]
    state: str
    since: date
    renewed: date | None
    cancelled: date | None


def make_rues(
    exporters: list[Company], rows_wanted: int, seed: int, today: datetime, namer: Namer, mint: Mint, ledger: Ledger
) -> list[Row]:
    """Rows of the dataset, exporters and noise mixed, each with its `:id` and `:updated_at`."""
    rng = stream(seed, "rues")
    numbers = iter(rng.sample(range(1_000_000, 9_999_999), rows_wanted + 4 * len(exporters) + 64))
    rows: list[Row] = []
    for exporter in exporters:
        if exporter.hit_case or not happens(rng, 0.035):
            for held in _registrations_of(rng, exporter, today.date()):
                row = _exporter_row(rng, exporter, held, str(next(numbers)), today)
                ledger.note(exporter.entity_id, "rues", f"{row['codigo_camara']}|{row['matricula']}")
                rows.append(row)
    while len(rows) < rows_wanted:
        rows.append(_noise_row(rng, rng.choice(exporters), str(next(numbers)), today, namer, mint))
    rng.shuffle(rows)
    for number, row in enumerate(rows, 1):
        row[":id"] = f"row-{number:06d}-{rng.getrandbits(32):08x}"
        moved = today - timedelta(hours=rng.randint(4, 24 * 40))
        row[":updated_at"] = moved.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return rows


def _registrations_of(rng: random.Random, company: Company, today: date) -> list[_Registered]:
    """One row for most; two for firms that moved chamber or were cancelled and born again."""
    home = registry().chambers.get(company.department_code, BOGOTA)
    since = company.founded_on
    renewed = today - timedelta(days=rng.randint(20, 310))
    fate = weighted(rng, {"plain": 90.5, "moved": 3.5, "reborn": 3.0, "cancelled": 2.0, "dormant": 1.0})
    if company.hit_case or fate == "plain":
        return [_Registered(home, "01", since, renewed, None)]
    if fate == "moved":
        other = rng.choice([c for c in sorted(set(registry().chambers.values())) if c != home])
        left = day_between(rng, since + timedelta(days=200), today - timedelta(days=120))
        return [_Registered(other, "09", since, left, left), _Registered(home, "07", left, renewed, None)]
    if fate == "reborn":
        ended = day_between(rng, since + timedelta(days=100), today - timedelta(days=300))
        again = ended + timedelta(days=rng.randint(10, 120))
        return [_Registered(home, "03", since, ended, ended), _Registered(home, "01", again, renewed, None)]
    if fate == "cancelled":
        return [
            _Registered(home, rng.choice(("03", "15")), since, renewed, today - timedelta(days=rng.randint(5, 400)))
        ]
    return [_Registered(home, "01", since, today - timedelta(days=rng.randint(900, 2_600)), None)]


def _exporter_row(rng: random.Random, company: Company, held: _Registered, number: str, today: datetime) -> Row:
    if company.kind == "person":
        row = _person_row(rng, company.representative, company.ciiu, held, number)
    else:
        name = official_name(company.name, company.form).upper() + weighted(rng, _STATE_WORDS)
        row = _company_row(rng, name, company.form, company.tax_id, company.ciiu, held, number)
        representative = company.representative
        if representative.document_number or company.hit_case:
            row |= _representative(rng, representative)
    row["sigla"] = (
        company.trade_name.upper() if company.trade_name and company.kind == "company" and happens(rng, 0.5) else ""
    )
    row["fecha_actualizacion"] = _touched(rng, today)
    return row


def _noise_row(rng: random.Random, near: Company, number: str, today: datetime, namer: Namer, mint: Mint) -> Row:
    """A firm nobody else knows: one in five is a natural person, one in twelve borrows words of an exporter's name."""
    department = rng.choice(sorted(registry().chambers))
    since = day_between(rng, today.date() - timedelta(days=12_000), today.date() - timedelta(days=60))
    state = weighted(rng, {"01": 84.0, "03": 13.0, "15": 1.0, "07": 2.0})
    ended = day_between(rng, since, today.date()) if state in ("03", "15") else None
    held = _Registered(registry().chambers[department], state, since, day_between(rng, since, today.date()), ended)
    classes = tuple(rng.sample(registry().filler_activities, rng.choice((1, 1, 2, 3))))
    if happens(rng, 0.2):
        person = namer.person("CO", "owner", "correo.example", today.date())
        row = _person_row(rng, person, classes, held, number)
    else:
        name = namer.registry_name()
        if happens(rng, 0.08) and near.kind == "company":
            candidate = (
                f"{rng.choice(('Inversiones', 'Transportes', 'Tienda', 'Almacén'))} {' '.join(near.name.split()[1:])}"
            )
            name = candidate if namer.take(candidate) else name
        form = weighted(rng, {"SAS": 80.0, "LTDA": 10.0, "SA": 7.0, "EU": 3.0})
        row = _company_row(rng, official_name(name, form).upper(), form, mint.nit(), classes, held, number)
        row |= _representative(rng, namer.person("CO", "legal_representative", "correo.example", today.date()))
    row["fecha_actualizacion"] = _touched(rng, today)
    return row


def _company_row(
    rng: random.Random, name: str, form: str, nit: str, classes: tuple[str, ...], held: _Registered, number: str
) -> Row:
    code, label = registry().organisations[form or "SAS"]
    row = _blank_row(held, number, classes) | {
        "razon_social": _registry_spelling(rng, name),
        "codigo_clase_identificacion": "02",
        "clase_identificacion": "NIT",
        "numero_identificacion": nit,
        "nit": nit,
        "digito_verificacion": check_digit(nit),
        "codigo_tipo_sociedad": "02",
        "tipo_sociedad": "SOCIEDAD COMERCIAL",
        "codigo_organizacion_juridica": code,
        "organizacion_juridica": label,
        "codigo_categoria_matricula": "01",
        "categoria_matricula": "SOCIEDAD ó PERSONA JURIDICA PRINCIPAL ó ESAL",
    }
    if happens(rng, 0.005):
        row["fecha_renovacion"] = rng.choice(("", "00000000", "20251301"))
    return row


def _person_row(rng: random.Random, person: Person, classes: tuple[str, ...], held: _Registered, number: str) -> Row:
    first, second = (*person.first_name.split(maxsplit=1), "")[:2]
    surname, other = (*person.last_name.rsplit(" ", 1), "")[:2]
    code, label = registry().organisations["PERSON"]
    whole = " ".join(part for part in (surname, other, first, second) if part)
    return _blank_row(held, number, classes) | {
        "razon_social": plain(whole).upper(),
        "primer_apellido": plain(surname).upper(),
        "segundo_apellido": plain(other).upper(),
        "primer_nombre": plain(first).upper(),
        "segundo_nombre": plain(second).upper(),
        "codigo_clase_identificacion": "01",
        "clase_identificacion": "CEDULA DE CIUDADANIA",
        "numero_identificacion": person.document_number,
        "nit": rng.choice(("", "", "0", "0000000000000")),
        "codigo_tipo_sociedad": "00",
        "tipo_sociedad": "NO APLICA",
        "codigo_organizacion_juridica": code,
        "organizacion_juridica": label,
        "codigo_categoria_matricula": "00",
        "categoria_matricula": "PERSONA NATURAL",
    }


def _blank_row(held: _Registered, number: str, classes: tuple[str, ...]) -> Row:
    activity = (*classes, "", "", "", "")
    row = dict.fromkeys(registry().columns, "")
    return row | {
        "codigo_camara": held.chamber[0],
        "camara_comercio": held.chamber[1],
        "matricula": number,
        "inscripcion_proponente": "000000000000",
        "cod_ciiu_act_econ_pri": activity[0],
        "cod_ciiu_act_econ_sec": activity[1],
        "ciiu3": activity[2],
        "ciiu4": activity[3],
        "fecha_matricula": held.since.strftime("%Y%m%d"),
        "fecha_renovacion": held.renewed.strftime("%Y%m%d") if held.renewed else "",
        "ultimo_ano_renovado": str(held.renewed.year) if held.renewed else "",
        "fecha_vigencia": FOREVER,
        "fecha_cancelacion": held.cancelled.strftime("%Y%m%d") if held.cancelled else "",
        "codigo_estado_matricula": held.state,
        "estado_matricula": registry().states[held.state],
    }


def _representative(rng: random.Random, person: Person) -> Row:
    return {
        "clase_identificacion_rl": "CEDULA DE CIUDADANIA" if person.document_number else "",
        "num_identificacion_representante_legal": person.document_number,
        "representante_legal": plain(
            f"{person.last_name} {person.first_name}" if happens(rng, 0.5) else person.full_name
        ).upper(),
    }


def _registry_spelling(rng: random.Random, name: str) -> str:
    """Upper case; accents mostly gone; one name in two hundred encoded twice."""
    if happens(rng, 0.005):
        return name.encode("utf-8").decode("cp1252", errors="ignore")
    return plain(name) if happens(rng, 0.7) else name


def _touched(rng: random.Random, today: datetime) -> str:
    moment = today - timedelta(seconds=rng.randint(3_600, 40_000_000))
    return moment.strftime("%Y/%m/%d %H:%M:%S.") + f"{rng.randint(0, 999) * 1_000_000:09d}"
