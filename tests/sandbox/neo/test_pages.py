"""The pages of advisors: who gets in, what each role sees, and that nothing a customer typed becomes markup."""

import re

import pytest
from starlette.testclient import TestClient

from tests.sandbox.neo.furnished import fill, provision

HOST = "https://neo.test"
HOSTILE = '<script>alert(1)</script> & "Café"'


def browser(neo, username: str | None = None) -> TestClient:
    """A fresh browser, signed in when a user is named."""
    client = TestClient(neo.http.app, base_url=HOST, follow_redirects=False)
    if username is not None:
        person = neo.identity.person(username)
        answer = client.post("/360/entrar", data={"usuario": username, "clave": person.password})
        assert answer.status_code == 303
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def _site(neo_with, define):
    """A NEO of its own with the components and the account, as every test here finds it."""
    site = neo_with()
    provision(site, define)
    account_id = fill(site)
    site.store.mark_baseline()
    return site, account_id


@pytest.fixture
def provisioned(_site):
    _site[0].start_again()
    _site[0].clock.advance(120)
    return _site[0]


@pytest.fixture
def account(_site) -> str:
    return _site[1]


PAGES = ["/360/", "/360/cuentas/11111111-1111-1111-1111-111111111111", "/360/registros/contact/x", "/360/nada"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("cookie", [None, "nada", "ImFkbWluIg.x.y"])
def test_nobody_gets_in_without_signing_in(neo, page, cookie) -> None:
    client = browser(neo)
    headers = {"Cookie": f"neo_session={cookie}"} if cookie else {}
    answer = client.get(page, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/360/entrar")


def test_the_cookie_is_closed_to_scripts_and_other_sites(neo) -> None:
    person = neo.identity.person("asesor")
    answer = browser(neo).post("/360/entrar", data={"usuario": " ASESOR ", "clave": person.password})
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=strict", "path=/360"))
    assert person.password not in cookie


@pytest.mark.parametrize(("username", "password"), [("asesor", "nada"), ("nadie", "nada"), ("", ""), ("asesor", "")])
def test_a_wrong_password_gets_a_courteous_refusal(neo, username, password) -> None:
    answer = browser(neo).post("/360/entrar", data={"usuario": username, "clave": password})
    assert answer.status_code == 401
    assert "no coinciden" in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session(neo) -> None:
    client = browser(neo, "asesor")
    assert client.get("/360/").status_code == 200
    client.post("/360/salir")
    assert client.get("/360/").status_code == 303


def test_before_the_hub_the_pages_show_what_people_typed(neo) -> None:
    account = neo.create("accounts", {"name": "Café del Huila", "accountnumber": "900.123.456 - 8"})
    client = browser(neo, "asesor")
    listing = text_of(client.get("/360/").text)
    assert "Café del Huila" in listing
    assert "900.123.456 - 8" in listing
    page = text_of(client.get(f"/360/cuentas/{account}").text)
    assert "NIT 900.123.456 - 8" in page
    assert "Registro creado" in page
    assert "Qué completar" not in page


def test_the_record_shows_everything_about_the_customer(provisioned, account) -> None:
    html = browser(provisioned, "asesor").get(f"/360/cuentas/{account}").text
    page = text_of(html)
    for expected in (
        "Café de Altura",
        "CAFE DE ALTURA SAS",
        "NIT 900.123.456-8",
        "Público Exportador",
        "Clase de calidad B",
        "Estado de vinculación Habilitado",
        "72 %",
        "Certificado orgánico",
        "Capacidad mensual",
        "NIT 900.123.456-8 RUES, 3 nov 2026",
        "+57 601 999 NEO, 1 sep 2026",
        "Algo raro Portal",
        "Dato que nadie conocía valor raro",
        "Ana Rojas",
        "Ofertas 1",
        "Café especial",
        "Certificados 1",
        "Orgánico UE",
        "Café verde – Café especial",
        "87",
        "La partida coincide",
        "Habla alemán",
        "Hanseatic GmbH",
        "Tareas pendientes 1",
        "vencida",
        "Hub (automático)",
    ):
        assert expected in page, expected


def test_the_timeline_is_one_and_newest_first(provisioned, account) -> None:
    client = browser(provisioned, "asesor")

    def titles(query: str = "") -> list[str]:
        html = client.get(f"/360/cuentas/{account}{query}").text
        return [text_of(t).strip() for t in re.findall(r'<p class="entry-title">(.*?)</p>', html, re.DOTALL)]

    all_titles = titles()
    assert all_titles[0] == "Cambió Teléfono principal"
    assert all_titles[-2:] == ["Llamada de bienvenida", "Registro aceptado"]
    assert set(all_titles[1:-2]) == {"Visita", "Llamar a Ana", "Registro creado"}
    assert titles("?ver=etapa") == ["Registro aceptado"]
    assert titles("?ver=nota") == ["Visita"]
    assert set(titles("?ver=actividad")) == {"Llamar a Ana", "Llamada de bienvenida"}
    assert titles("?ver=cambio") == ["Cambió Teléfono principal", "Registro creado"]
    page = text_of(client.get(f"/360/cuentas/{account}").text)
    assert "Teléfono principal +57 601 555 → pasó a +57 601 999" in page


@pytest.mark.parametrize(
    ("username", "sees"), [("cumplimiento", True), ("asesor", False), ("gerencia", False), ("admin", False)]
)
def test_only_compliance_sees_that_cases_exist(provisioned, account, username, sees) -> None:
    client = browser(provisioned, username)
    case = provisioned.row("pc_sarlaftcases")["value"][0]["pc_sarlaftcaseid"]
    task = provisioned.create(
        "tasks", {"subject": "x", "regardingobjectid_pc_sarlaftcase_task@odata.bind": f"/pc_sarlaftcases({case})"}
    )
    page = client.get(f"/360/cuentas/{account}").text
    record = client.get(f"/360/registros/pc_sarlaftcase/{case}")
    assert client.get(f"/360/registros/task/{task}").status_code == record.status_code
    assert ("SARLAFT" in page) is sees
    assert ("homónimo" in page) is sees
    assert record.status_code == (200 if sees else 404)
    if not sees:
        nowhere = client.get("/360/registros/pc_nada/11111111-1111-1111-1111-111111111111")
        assert record.text == nowhere.text  # forbidden and absent look the same


def test_what_people_typed_never_becomes_markup(provisioned, account) -> None:
    neo = provisioned
    neo.patch(
        f"accounts({account})",
        {
            "name": HOSTILE,
            "pc_tradename": HOSTILE,
            "websiteurl": "javascript:alert(1)",
            "pc_qualitymissing": HOSTILE,
            "pc_provenance": f"NIT: {HOSTILE}",
        },
    )
    contact = neo.create(
        "contacts", {"lastname": HOSTILE, "parentcustomerid_account@odata.bind": f"/accounts({account})"}
    )
    neo.create(
        "emails",
        {
            "subject": HOSTILE,
            "description": f"<p>Hola</p>{HOSTILE}<img src=x onerror=alert(1)>",
            "regardingobjectid_account_email@odata.bind": f"/accounts({account})",
        },
    )
    client = browser(neo, "asesor")
    for path in (f"cuentas/{account}", f"registros/contact/{contact}", "", "?q=<script>alert(1)</script>"):
        html = client.get(f"/360/{path}").text
        assert "<script" not in html
        assert "onerror" not in html
        assert 'href="javascript:' not in html
    assert "&lt;script&gt;" in client.get(f"/360/cuentas/{account}").text


def test_the_pages_need_no_other_host_and_no_script(provisioned, account) -> None:
    client = browser(provisioned, "asesor")
    answer = client.get(f"/360/cuentas/{account}")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    links = re.findall(r'(?:src|href|action)="([^"]+)"', answer.text)
    assert all(re.match(r"/360/|#|\?|mailto:|tel:|data:,", link) for link in links), links
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    css = client.get("/360/estilo.css")
    assert css.headers["content-type"].startswith("text/css")
    assert "url(" not in css.text
    assert "@import" not in css.text


SEARCHES = [
    ("q=altura", ["Café de Altura"]),
    ("q=900123456", ["Café de Altura"]),
    ("q=HANSEATIC", ["Hanseatic GmbH"]),
    ("q=%25", []),
    ("q=nada", []),
    ("pc_audience=727000001", ["Hanseatic GmbH"]),
    ("pc_audience=727000000&pc_qualityclass=727000001", ["Café de Altura"]),
    ("pc_audience=nada&pagina=-3", ["Café de Altura", "Hanseatic GmbH"]),
    ("pagina=999", ["Café de Altura", "Hanseatic GmbH"]),
]


@pytest.mark.parametrize(("query", "names"), SEARCHES)
def test_searching_the_list(provisioned, account, query, names) -> None:
    html = browser(provisioned, "gerencia").get(f"/360/?{query}").text
    found = re.findall(r'<a class="strong" href="/360/cuentas/[^"]+">([^<]+)</a>', html)
    assert sorted(found) == names


def test_a_long_list_is_paged(neo) -> None:
    neo.store.seed("account", ({"name": f"Empresa {n:03d}"} for n in range(95)))
    client = browser(neo, "asesor")
    names: list[str] = []
    for page in (1, 2, 3):
        names += re.findall(r">(Empresa \d+)</a>", client.get(f"/360/?q=empresa&pagina={page}").text)
    assert names == [f"Empresa {n:03d}" for n in range(95)]


def test_an_unknown_page_is_a_friendly_404(neo) -> None:
    client = browser(neo, "asesor")
    for path in ("cuentas/x", "cuentas/11111111-1111-1111-1111-111111111111", "registros/nada/x", "otra"):
        answer = client.get(f"/360/{path}")
        assert answer.status_code == 404
        assert "No encontramos este registro" in answer.text
