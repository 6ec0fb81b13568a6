"""A provisioned organisation with one exporter that has one of everything, for the tests of the pages."""

from typing import Any

ACCOUNT = {
    "name": "CAFE DE ALTURA SAS",
    "pc_tradename": "Café de Altura",
    "pc_nit": "900123456",
    "pc_nitdv": "8",
    "pc_audience": 727000000,
    "pc_qualityclass": 727000001,
    "pc_sarlaftstate": 727000001,
    "pc_completeness": 72,
    "pc_qualitymissing": "Certificado orgánico\nCapacidad mensual",
    "pc_provenance": "NIT: RUES, 2026-11-03\nTeléfono: NEO, 2026-09-01\nAlgo raro: Portal",
    "pc_rareza": "valor raro",
    "telephone1": "+57 601 555",
}
COLUMNS = [
    ("String", "pc_HubId", "Código del hub"),
    ("String", "pc_Nit", "NIT"),
    ("String", "pc_NitDv", "Dígito"),
    ("String", "pc_TradeName", "Nombre comercial"),
    ("String", "pc_Rareza", "Dato que nadie conocía"),
    ("Decimal", "pc_Completeness", "Perfil completo (%)"),
    ("Memo", "pc_QualityMissing", "Qué falta"),
    ("Memo", "pc_Provenance", "De dónde viene"),
    ("Picklist", "pc_Audience", "Público", "Exportador", "Comprador"),
    ("Picklist", "pc_QualityClass", "Clase de calidad", "A", "B"),
    ("Picklist", "pc_SarlaftState", "Estado de vinculación", "Sin consultar", "Habilitado", "En verificación"),
]
# table -> its title, its columns, its lookups
TABLES = {
    "pc_Offer": ("Ofertas", [], [("account", "pc_AccountId")]),
    "pc_Certificate": ("Certificados", [], [("pc_offer", "pc_OfferId")]),
    "pc_Match": (
        "Encuentros",
        [
            ("Decimal", "pc_Score", "Puntaje"),
            ("Memo", "pc_Reasons", "Por qué"),
            ("Picklist", "pc_State", "Estado", "Viable", "En espera"),
        ],
        [("account", "pc_SupplierId"), ("account", "pc_BuyerId")],
    ),
    "pc_Stage": (
        "Etapas",
        [("DateTime", "pc_OccurredAt", "Cuándo"), ("Memo", "pc_Detail", "Detalle")],
        [("account", "pc_AccountId")],
    ),
    "pc_SarlaftCase": ("Casos SARLAFT", [], [("account", "pc_AccountId")]),
}


def provision(neo: Any, define: Any) -> None:
    """The components of the hub that the pages know by name, and a few they do not."""

    def column(kind: str, schema: str, text: str, *options: str) -> dict[str, Any]:
        listed = [{"Value": 727000000 + n, "Label": define.label(t)} for n, t in enumerate(options)]
        details = {"OptionSet": {"Options": listed}} if options else {}
        return define.column(kind, schema, **details) | {"DisplayName": define.label(text)}

    for item in COLUMNS:
        answer = neo.post("EntityDefinitions(LogicalName='account')/Attributes", column(*item))
        assert answer.status_code == 204, answer.text
    for schema, (title, columns, lookups) in TABLES.items():
        body = define.table(schema, *(column(*item) for item in columns))
        answer = neo.post("EntityDefinitions", body | {"DisplayCollectionName": define.label(title)})
        assert answer.status_code == 204, answer.text
        for target, lookup in lookups:
            link = define.relationship(f"{schema}_{lookup}", target, schema.lower(), lookup)
            assert neo.post("RelationshipDefinitions", link).status_code == 204


def fill(neo: Any) -> str:
    """The exporter; returns its id."""
    account, buyer = (
        neo.create("accounts", ACCOUNT),
        neo.create("accounts", {"name": "Hanseatic GmbH", "pc_audience": 727000001}),
    )
    own = {"pc_AccountId@odata.bind": f"/accounts({account})"}
    offer = neo.create("pc_offers", {"pc_name": "Café especial", **own})
    neo.create("pc_certificates", {"pc_name": "Orgánico UE", "pc_OfferId@odata.bind": f"/pc_offers({offer})"})
    match = {"pc_name": "Café verde – Café especial", "pc_score": 0.87, "pc_state": 727000000}
    match["pc_reasons"] = "La partida coincide\nHabla alemán"
    sides = {"pc_SupplierId@odata.bind": own["pc_AccountId@odata.bind"], "pc_BuyerId@odata.bind": f"/accounts({buyer})"}
    neo.create("pc_matches", match | sides)
    neo.create("pc_stages", {"pc_name": "Registro aceptado", "pc_occurredat": "2026-10-01T15:00:00Z", **own})
    neo.create("pc_sarlaftcases", {"pc_name": "Posible homónimo", **own})
    _fill_history(neo, account)
    return account


def _fill_history(neo: Any, account: str) -> None:
    bind = f"/accounts({account})"
    neo.create("contacts", {"firstname": "Ana", "lastname": "Rojas", "parentcustomerid_account@odata.bind": bind})
    call = {"subject": "Llamada de bienvenida", "actualend": "2026-10-02T15:00:00Z"}
    neo.create("phonecalls", call | {"regardingobjectid_account_phonecall@odata.bind": bind})
    task = {"subject": "Llamar a Ana", "scheduledend": "2026-11-01T15:00:00Z"}
    neo.create("tasks", task | {"regardingobjectid_account_task@odata.bind": bind})
    neo.create("annotations", {"subject": "Visita", "notetext": "Dos secaderos", "objectid_account@odata.bind": bind})
    neo.clock.advance(60)
    neo.patch(f"accounts({account})", {"telephone1": "+57 601 999"})
