"""Real processes: children in groups of their own, deaf ones, and what a crash leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from include.demo.processes import Crew, stop_leftovers, tail

# A member that behaves like Airflow: it starts a task, and the task leaves its parent's process group.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0)
open("child.pid", "w").write(str(child.pid))
time.sleep(600)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf', 'w').close(); time.sleep(600)"


def start(crew: Crew, code: str, name: str = "member") -> None:
    crew.start(name, [sys.executable, "-c", code], env=dict(os.environ), log=crew.home / f"{name}.log")


def wait_for(path: Path) -> str:
    for _ in range(200):
        if path.exists() and (text := path.read_text(encoding="utf-8")) is not None:
            time.sleep(0.05)
            return path.read_text(encoding="utf-8") or text
        time.sleep(0.05)
    raise AssertionError(f"{path.name} never came")


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_leaving_the_block_ends_members_and_what_they_started(tmp_path: Path) -> None:
    with Crew(tmp_path) as crew:
        start(crew, PARENT)
        child = int(wait_for(tmp_path / "child.pid"))
        state = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
        (member,) = state["members"]
        assert os.getpgid(child) != os.getpgid(member["pid"])
        assert is_alive(child)
    assert not is_alive(child)
    assert not is_alive(member["pid"])
    assert not (tmp_path / "demo.json").exists()


def test_an_error_inside_the_block_ends_them_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Crew(tmp_path) as crew:
        start(crew, PARENT)
        child = int(wait_for(tmp_path / "child.pid"))
        raise ZeroDivisionError
    assert not is_alive(child)


def test_who_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    crew = Crew(tmp_path, grace=1.0)
    start(crew, DEAF)
    wait_for(tmp_path / "deaf")
    began = time.monotonic()
    assert crew.stop() == []
    assert 0.9 < time.monotonic() - began < 5
    assert crew.exit_code("member") is not None


def test_after_a_crash_the_leftovers_are_found_even_without_their_leader(tmp_path: Path) -> None:
    crew = Crew(tmp_path)
    start(crew, PARENT)
    child = int(wait_for(tmp_path / "child.pid"))
    leader = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))["members"][0]["pid"]
    os.kill(leader, signal.SIGKILL)
    os.waitpid(leader, 0)
    assert is_alive(child)

    assert stop_leftovers(tmp_path) == (1, [])
    assert not is_alive(child)
    assert stop_leftovers(tmp_path) == (0, [])


def test_a_stranger_who_got_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command, start_new_session=True, cwd=tmp_path) as stranger:
        earlier = {"name": "scheduler", "pid": stranger.pid, "created": time.time() - 3600, "log": "x"}
        (tmp_path / "demo.json").write_text(json.dumps({"members": [earlier]}), encoding="utf-8")
        try:
            assert stop_leftovers(tmp_path) == (0, [])
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_the_end_of_a_log_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert tail(log, 3) == ""
    log.write_text("\n".join(map(str, range(10))), encoding="utf-8")
    assert tail(log, 3) == "7\n8\n9"
