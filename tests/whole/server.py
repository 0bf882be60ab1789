"""A server as the office runs it: another process, with its own data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from web.cli import main; main()", *arguments],
        cwd=ROOT,
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=120,
    )


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The process environment of an installation, nothing of this one's settings in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUICHENG_")}
    named = {f"GUICHENG_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "GUICHENG_DATA": str(data), **named}


class Worker:
    """A running `guicheng worker`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.log = (data.parent / f"{data.name}.worker.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from web.cli import main; main()", "worker"],
            cwd=ROOT,
            env=environment(data, **settings),
            stdout=self.log,
            stderr=self.log,
        )

    def send(self, number: signal.Signals) -> None:
        """Kill it, hold it, let it go on."""
        self.process.send_signal(number)


class Served:
    """A running server."""

    def __init__(self, data: Path, port: int, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = (data.parent / f"{data.name}.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from web.cli import main; main()", "serve"],
            cwd=ROOT,
            env=environment(data, port=str(port), **settings),
            stdout=self.log,
            stderr=self.log,
        )

    def await_ready(self, seconds: float = 240) -> None:
        """Return when it answers; AssertionError when it ended or does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended; see {self.log.name}"
            try:
                with urlopen(f"{self.url}/readyz", timeout=2) as response:
                    if response.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.02)  # another process is on its way up
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """The power is cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def terminate(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.log.close()
        return status


@contextmanager
def serving(data: Path, port: int | None = None, **settings: str) -> Iterator[Served]:
    """A server that answers, ended on leaving."""
    served = Served(data, port or free_port(), **settings)
    try:
        served.await_ready()
        yield served
    finally:
        if served.process.poll() is None:
            served.kill()
