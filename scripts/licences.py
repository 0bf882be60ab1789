"""Writes the list of third-party components with their licences to standard output."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OWN = {"guicheng", "guicheng-web"}


def python_packages(lock: str) -> list[tuple[str, str, str]]:
    """(name, version, licence) of what a lock file names and is installed here."""
    text = (ROOT / lock).read_text("utf-8")
    wanted = {
        name.lower(): version
        for name, version in re.findall(
            r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", text, flags=re.MULTILINE
        )
    }
    listed = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {each["Name"].lower().replace("_", "-"): each for each in json.loads(listed.stdout)}
    rows = []
    for name, version in sorted(wanted.items()):
        known = found.get(name.replace("_", "-"))
        if known is not None:
            rows.append((name, version, " ".join(known["License"].split())))
    return rows


def node_packages() -> list[tuple[str, str, str]]:
    """(name, version, licence) of what the pages' lock file names."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    rows = []
    for path, entry in sorted(lock["packages"].items()):
        name = path.rpartition("node_modules/")[2]
        manifest = ROOT / "web" / path / "package.json"
        if name and manifest.exists():
            licence = entry.get("license") or json.loads(manifest.read_text("utf-8"))["license"]
            rows.append((name.lower(), entry["version"], str(licence)))
    return rows


def table(title: str, rows: list[tuple[str, str, str]]) -> str:
    lines = [f"## {title}", "", "| component | version | licence |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def main() -> None:
    print("# Third-party components\n\nWritten by `make licences` from the lock files.\n")
    print(table("In the running system (Python)", python_packages("requirements.txt")))
    print(table("In the pages (built with esbuild)", node_packages()))
    print(table("For development and tests only", python_packages("requirements-dev.txt")))


if __name__ == "__main__":
    main()
