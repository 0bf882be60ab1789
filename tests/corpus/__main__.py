"""make test-corpus CORPUS=dir: proves every .bpmn below a folder; an empty folder fails."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.corpus.proving import furnished, prove


def main(folder: Path) -> int:
    """The exit status: 0 when every file is proven."""
    files = sorted(folder.rglob("*.bpmn"))
    if not files:
        print(f"{folder} 里没有流程图（*.bpmn），不能证明什么。", file=sys.stderr)
        return 1
    counts: Counter[str] = Counter()
    with furnished() as engine:
        for path in files:
            verdict = prove(engine, path)
            counts[verdict.kind] += 1
            print(f"{verdict.kind:<8}{path.relative_to(folder)}\t{verdict.words}", flush=True)
    print(
        f"共{len(files)}个：{counts['runs']}个能运行，{counts['refused']}个被拒绝并说明，", end=""
    )
    print(f"{counts['fails']}个没有通过。")
    return 1 if counts["fails"] else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("用法：make test-corpus CORPUS=文件夹")
    sys.exit(main(Path(sys.argv[1])))
