"""The demo from start to end: start, wait, trigger the sources, follow, check, show, stay, leave no trace.

Sandbox and Airflow start side by side; NEO is provisioned as soon as it answers, while Airflow is still coming up.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from rich.console import Console

from connectors.neo.client import open_neo
from include.core.errors import ConfigError, HubError
from include.core.neo_schema import load_neo_schema
from include.core.settings import Settings, load_settings
from include.core.sheets import PROJECT_ROOT
from include.demo.acceptance import (
    Finding,
    check_neo,
    check_report,
    check_second_pass,
    check_stages,
)
from include.demo.airflow_api import AirflowApi
from include.demo.airflow_setup import (
    FLOW_POOL,
    FLOW_SLOTS,
    airflow_environment,
    clean_environment,
    ensure_metadata,
    ensure_passwords,
    start_airflow,
)
from include.demo.board import StageLine
from include.demo.follow import DemoError, Follower
from include.demo.neo import fetch_example_page, fetch_request_log
from include.demo.ports import Ports
from include.demo.processes import Crew
from include.demo.screen import Places, Screen
from include.stages.protocol import open_context
from include.stages.provision import apply_provisioning
from include.stages.registry import SOURCES
from include.stages.report import latest_report
from include.store.ledger import Ledger

START_TIMEOUT_S = 240.0
FLOW_TIMEOUT_S = {"quick": 600.0, "full": 3600.0}
# Airflow takes four seconds to say goodbye; nobody will open the database of a quick demo again.
GRACE_S = {True: 1.0, False: 8.0}
_EVERY_S = 0.2
_MARK = ".neo-hub-demo"
T = TypeVar("T")


@dataclass
class Demo:
    """One demo. `run` is the whole of it."""

    home: Path
    is_quick: bool
    world: str
    ports: Ports
    console: Console = field(default_factory=lambda: open_console())
    timings: dict[str, float] = field(default_factory=dict)

    def run(self) -> int:
        """Play the demo. Returns the exit code: 0 when everything held."""
        prepare_home(self.home, fresh=self.is_quick)
        environment = clean_environment(self.home, os.environ)
        _replace_environment(environment)
        screen = Screen(self.console)
        began = time.monotonic()
        with ExitStack() as stack:
            stack.enter_context(_ended_by_signals())
            grace = GRACE_S[self.is_quick]
            crew = stack.enter_context(_stopping(Crew(self.home, grace), self.timings))
            code = 130
            try:
                code = self._play(crew, screen, environment)
            except HubError as error:
                screen.failed(str(error), self.home)
                code = 1
            except KeyboardInterrupt:
                screen.leaving()
            else:
                self.timings["all"] = time.monotonic() - began
            if code != 130 and not self.is_quick:
                screen.stay()
        self.timings["with stop"] = time.monotonic() - began
        screen.timings(self.timings)
        return code

    def _play(self, crew: Crew, screen: Screen, environment: Mapping[str, str]) -> int:
        passwords = ensure_passwords(self.home)
        components = self._start(crew, environment)
        with closing(Ledger(load_settings(home=self.home).ledger_url)) as ledger:
            # Now, and not by the first tasks: seven of them begin at the same moment.
            ledger.migrate()
            with screen.step("sandbox answers"), self._timed("sandbox"):
                ready = self._wait_for_sandbox(crew)
            with screen.step("NEO has its tables"), self._timed("provision"):
                self._provision()
            api = AirflowApi(f"http://127.0.0.1:{self.ports.airflow}", "admin", passwords["admin"])
            with screen.step("Airflow is up and has read the DAGs"), self._timed("airflow"):
                dag_ids = self._wait_for_airflow(crew, api, components)
            follower = Follower(api, ledger, sorted(dag_ids), screen.board, screen.warn)
            with screen.live("The flow"), self._timed("first pass"):
                lines = self._pass_over_sources(api, follower)
            settings = load_settings(home=self.home)  # again: by now the sandbox has written where everything is
            with open_neo(settings) as client:
                example = fetch_example_page(client, settings.neo.url)
                findings = check_stages(lines) + check_neo(client, self.world)
            findings += check_report(find_report(settings))
            if self.is_quick:
                findings += self._check_second_pass(api, follower, settings, screen)
        holds = all(finding.holds for finding in findings)
        places = Places(api.url, self.home, ready, example, find_report(settings))
        crew.note(airflow=places.airflow, neo=places.example, report=str(places.report), holds=holds)
        screen.summary(lines, findings)
        screen.addresses(places, passwords)
        return 0 if holds else 1

    def _start(self, crew: Crew, environment: Mapping[str, str]) -> list[str]:
        bin_folder = Path(sys.executable).parent
        sandbox = ["sandbox", "up", "--world", self.world, "--port", str(self.ports.sandbox), "--home", str(self.home)]
        crew.start("sandbox", [_hub(), *sandbox], env=environment, log=self.home / "sandbox" / "sandbox.log")
        for_airflow = airflow_environment(self.home, self.ports, environment, bin_folder)
        ensure_metadata(self.home, for_airflow)
        return start_airflow(crew, self.home, for_airflow, with_triggerer=not self.is_quick)

    def _wait_for_sandbox(self, crew: Crew) -> dict[str, Any]:
        card = self.home / "sandbox" / "ready.json"

        def ready() -> dict[str, Any] | None:
            _must_run(crew, "sandbox")
            content: dict[str, Any] = json.loads(card.read_text(encoding="utf-8")) if card.exists() else {}
            # A card of an earlier start may still lie there.
            return content if content.get("pid") == crew.pid("sandbox") else None

        return wait_for(ready, "the sandbox did not start")

    def _provision(self) -> None:
        settings = load_settings(home=self.home)
        with open_neo(settings) as client:
            apply_provisioning(client, load_neo_schema(settings.config_dir))

    def _wait_for_airflow(self, crew: Crew, api: AirflowApi, components: Sequence[str]) -> set[str]:
        watched = [name.replace("-", "_") for name in components if name != "api-server"]

        def healthy() -> bool | None:
            for name in components:
                _must_run(crew, name)
            return api.is_healthy(watched) or None

        def read() -> set[str] | None:
            errors = api.import_errors()
            if errors:
                raise DemoError("DAG files with errors:\n" + "\n".join(errors))
            found = api.dag_ids()
            return found if expected_dags() <= found else None

        wait_for(healthy, "Airflow did not become healthy")
        api.warm_up()
        api.log_in()
        dag_ids = wait_for(read, "Airflow did not read all DAGs")
        api.set_pool(FLOW_POOL, FLOW_SLOTS)
        api.unpause_all()
        return dag_ids

    def _pass_over_sources(self, api: AirflowApi, follower: Follower) -> list[StageLine]:
        """Start every source, let the rest of the flow begin when the others are through, wait until all is quiet.

        The flow would start by itself with the first news; held back, it finds everything there and works once. NEO
        is read in the flow's own pool, first of all.
        """
        since, timeout = datetime.now(UTC), FLOW_TIMEOUT_S[self.world]
        api.set_pool(FLOW_POOL, 0)
        for source in SOURCES:
            api.trigger(source)
        follower.until_idle([source for source in SOURCES if source != "ingest__neo"], since, timeout)
        api.set_pool(FLOW_POOL, FLOW_SLOTS)
        return follower.until_quiet(since, timeout)

    def _check_second_pass(
        self, api: AirflowApi, follower: Follower, settings: Settings, screen: Screen
    ) -> list[Finding]:
        mark = fetch_request_log(settings, since=0)[-1]["seq"]
        with screen.live("The second pass"), self._timed("second pass"):
            lines = self._pass_over_sources(api, follower)
        return check_second_pass(lines, fetch_request_log(settings, since=mark))

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.timings[name] = time.monotonic() - began


def open_console() -> Console:
    """The terminal as it is; wide lines where the output is a file or a CI log."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


def expected_dags() -> set[str]:
    """DAG ids by house law: the name of the file, except for the sources, which share one file."""
    return {path.stem for path in (PROJECT_ROOT / "dags").glob("*.py") if path.stem != "ingest"} | set(SOURCES)


def prepare_home(home: Path, *, fresh: bool) -> None:
    """Make the home of a demo; with `fresh` empty it first, but only if a demo made it.

    Raises ConfigError when a demo still runs there or the folder belongs to something else.
    """
    if (home / "demo.json").exists():
        raise ConfigError(str(home), "a demo runs here, or one crashed here", "Run `hub demo stop` first")
    mark = home / _MARK
    if fresh and home.exists() and any(home.iterdir()):
        if not mark.exists():
            raise ConfigError(str(home), "the folder is not empty and no demo made it", "Choose another --home")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    mark.touch()


def wait_for(probe: Callable[[], T | None], problem: str, timeout: float = START_TIMEOUT_S) -> T:
    """Ask `probe` until it has an answer; raise DemoError with `problem` when the time is up."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        answer = probe()
        if answer is not None:
            return answer
        time.sleep(_EVERY_S)
    raise DemoError(f"{problem} within {timeout:.0f} s")


def find_report(settings: Settings) -> Path | None:
    """The newest report page, as the stage keeps it."""
    with open_context(settings) as context:
        return latest_report(context)


def _hub() -> str:
    return str(Path(sys.executable).parent / "hub")


def _replace_environment(environment: Mapping[str, str]) -> None:
    """The runner itself asks NEO when it checks; it must see the demo's settings and no others."""
    os.environ.clear()
    os.environ.update(environment)


def _must_run(crew: Crew, name: str) -> None:
    code = crew.exit_code(name)
    if code is not None:
        raise DemoError(f"{name} ended with code {code}.\n{crew.log_tail(name)}")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A closed terminal or a polite kill ends the demo the way Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # SIGINT too: a shell that started us in the background made us deaf to it.
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _stopping(crew: Crew, timings: dict[str, float]) -> Iterator[Crew]:
    """The crew is ended on the way out, undisturbed by a second Ctrl-C."""
    try:
        yield crew
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        began = time.monotonic()
        crew.stop()
        timings["stop"] = time.monotonic() - began
