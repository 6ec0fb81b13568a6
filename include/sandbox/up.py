"""Assembles and runs every sandbox service in this process, each on a port of its own, and tells the hub about them.

`start_sandbox` returns when every listener answers; `Sandbox.stop` ends them all.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from include.core.errors import ConfigError
from include.sandbox.directory import create_directory_app
from include.sandbox.directory.app import Directory
from include.sandbox.home import SandboxHome, ServiceTokens
from include.sandbox.lists import Shelf, create_lists_app
from include.sandbox.mail import Mailbox, MailServer, create_mail_app
from include.sandbox.neo.app import create_app as create_neo_app
from include.sandbox.neo.identity import Identity, ensure_identity
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.neo.tokens import TokenIssuer
from include.sandbox.portal import PortalStore, create_portal_app
from include.sandbox.seeding import Stores, open_stores
from include.sandbox.serving import Server, serve_in_thread
from include.sandbox.soda import Dataset, create_soda_app
from include.sandbox.soda.app import RUES
from include.sandbox.tls import Certificates, ensure_certificates
from include.sandbox.world import World

SERVICES = ("neo", "portal", "rues", "lists", "directory", "mail")  # in the order of their ports
SMTP_OFFSET = len(SERVICES)
SENDER = "NEO ProColombia <neo@procolombia.example>"
Progress = Callable[[str], None]


@dataclass
class Sandbox:
    """A running sandbox.

    `urls` by service; `env` the HUB_* variables that lead to it; `users` of its pages with their passwords;
    `world` only when it was made by this start. The stores are open to tests that want to look inside.
    """

    home: Path
    urls: dict[str, str]
    ports: dict[str, int]
    env: dict[str, str]
    users: list[dict[str, str]]
    control_token: str
    world: World | None
    neo: NeoStore
    portal: PortalStore
    rues: Dataset
    shelf: Shelf
    mailbox: Mailbox
    ca_bundle: Path
    _closing: ExitStack = field(repr=False)

    def stop(self) -> None:
        """End every listener and release every file. Stopping twice is harmless."""
        self._closing.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True)
class _Listening:
    certs: Certificates
    first_port: int
    stack: ExitStack

    def serve(self, service: str, app: Any) -> Server:
        port = self.first_port + SERVICES.index(service) if self.first_port else 0
        try:
            server = serve_in_thread(app, self.certs, port)
        except OSError as error:
            raise _port_taken(port) from error
        self.stack.callback(server.stop)
        return server

    def serve_mail(self, box: Mailbox) -> int:
        port = self.first_port + SMTP_OFFSET if self.first_port else 0
        server = MailServer(box, port)
        try:
            bound = server.start()
        except OSError as error:
            raise _port_taken(port) from error
        self.stack.callback(server.stop)
        return bound


def start_sandbox(
    home: Path,
    *,
    world: str | None = None,
    seed: int | None = None,
    port: int = 0,
    only: Iterable[str] = SERVICES,
    fresh: bool = False,
    today: date | None = None,
    progress: Progress = lambda _: None,
) -> Sandbox:
    """Start the services of `only` on `port` and the six after it (0 takes free ones), seeding on the first start.

    Writes `<home>/hub.env` and `<home>/sandbox/ready.json`. Raises ConfigError when a port is taken, another sandbox
    runs on this home, or the home holds another world.
    """
    wanted = _checked(only)
    files = SandboxHome(home)
    running = files.running()
    if running is not None:
        raise ConfigError(
            str(files.home), f"a sandbox runs here already (pid {running.pid})", "Use it, or stop it first"
        )
    files.forget_ready()
    with ExitStack() as stack:
        progress("world")
        stores = open_stores(files, world, seed, today or datetime.now(UTC).date(), fresh=fresh)
        stack.callback(stores.close)
        stores.neo.mark_baseline()
        progress("services")
        certs = ensure_certificates(files.folder)
        sandbox = _serve(files, stores, _Listening(certs, port, stack), wanted)
        files.write_env(sandbox.env)
        files.write_ready(_card(sandbox, stores))
        stack.callback(files.forget_ready)
        sandbox._closing = stack.pop_all()
    return sandbox


def _serve(files: SandboxHome, stores: Stores, listening: _Listening, wanted: frozenset[str]) -> Sandbox:
    """The directory comes first: NEO's sign-in service must know its address to give out tokens for it."""
    shelf, box = Shelf(), Mailbox(files.path("mail"))
    tokens = files.tokens()
    servers: dict[str, Server] = {}
    issuers: list[tuple[TokenIssuer, str]] = []
    identity = ensure_identity(files.path("identity.json"))
    if "directory" in wanted:
        check = _token_check(issuers)
        app = create_directory_app(Directory(stores.users), check, identity.control_token)
        servers["directory"] = listening.serve("directory", app)
        identity = ensure_identity(files.path("identity.json"), resources=[servers["directory"].url])
    if "neo" in wanted:
        neo = create_neo_app(stores.neo, identity)
        servers["neo"] = listening.serve("neo", neo)
        if "directory" in servers:
            issuers.append((neo.state.issuer, servers["directory"].url))
    passwords = {person.username: person.password for person in identity.people}
    makers: dict[str, Callable[[], Any]] = {
        "portal": lambda: create_portal_app(stores.portal, tokens.portal, identity.control_token),
        "rues": lambda: create_soda_app({RUES: stores.rues}, frozenset({tokens.rues}), identity.control_token),
        "lists": lambda: create_lists_app(shelf, identity.control_token),
        "mail": lambda: create_mail_app(box, passwords, identity.control_token),
    }
    for service, make in makers.items():
        if service in wanted:
            servers[service] = listening.serve(service, make())
    ports = {service: servers[service].port for service in SERVICES if service in servers}
    if "mail" in wanted:
        ports["smtp"] = listening.serve_mail(box)
    urls = {service: servers[service].url for service in SERVICES if service in servers}
    return Sandbox(
        home=files.home,
        urls=urls,
        ports=ports,
        env=_env(files, urls, ports, identity, tokens, listening.certs),
        users=[{"user": p.username, "password": p.password, "role": p.role} for p in identity.people],
        control_token=identity.control_token,
        world=stores.world,
        neo=stores.neo,
        portal=stores.portal,
        rues=stores.rues,
        shelf=shelf,
        mailbox=box,
        ca_bundle=listening.certs.ca_pem,
        _closing=ExitStack(),
    )


def _env(
    files: SandboxHome,
    urls: Mapping[str, str],
    ports: Mapping[str, int],
    identity: Identity,
    tokens: ServiceTokens,
    certs: Certificates,
) -> dict[str, str]:
    env = {"HUB_HOME": str(files.home), "HUB_CA_BUNDLE": str(certs.ca_pem)}
    for system, application in (("neo", "hub"), ("directory", "directory")):
        if system in urls and "neo" in urls:
            secret = next(app for app in identity.applications if app.name == application)
            prefix = f"HUB_{system.upper()}__"
            env |= {
                f"{prefix}URL": urls[system],
                f"{prefix}AUTHORITY": f"{urls['neo']}/{identity.tenant}",
                f"{prefix}TENANT": identity.tenant,
                f"{prefix}CLIENT_ID": secret.client_id,
                f"{prefix}CLIENT_SECRET": secret.client_secret,
            }
    for system, token in (("portal", tokens.portal), ("rues", tokens.rues)):
        if system in urls:
            env |= {f"HUB_{system.upper()}__URL": urls[system], f"HUB_{system.upper()}__TOKEN": token}
    if "lists" in urls:
        env["HUB_LISTS__URL"] = urls["lists"]
    if "smtp" in ports:
        env |= {"HUB_MAIL__HOST": "127.0.0.1", "HUB_MAIL__PORT": str(ports["smtp"]), "HUB_MAIL__SENDER": SENDER}
    return env


def _card(sandbox: Sandbox, stores: Stores) -> dict[str, Any]:
    """What `ready.json` tells besides the process."""
    return {
        "ports": sandbox.ports,
        "urls": sandbox.urls,
        "users": sandbox.users,
        "world": {"scale": stores.card.scale, "seed": stores.card.seed, "today": stores.card.today},
    }


def _token_check(issuers: list[tuple[TokenIssuer, str]]) -> Callable[[str], bool]:
    """Good are tokens that NEO's sign-in service gave out for the directory; it starts after the directory does."""

    def is_valid(token: str) -> bool:
        return any(issuer.verify(f"Bearer {token}", resource) is not None for issuer, resource in issuers)

    return is_valid


def _checked(only: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(only) or frozenset(SERVICES)
    unknown = sorted(wanted - frozenset(SERVICES))
    if unknown:
        raise ConfigError("--only", f"there is no service {unknown[0]}", f"Choose among {', '.join(SERVICES)}")
    return wanted


def _port_taken(port: int) -> ConfigError:
    return ConfigError(f"port {port}", "something listens there already", "End it, or choose another --port")
