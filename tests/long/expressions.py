"""Random expressions and attacks: nothing escapes, and nothing costs more than its budget.

For every input that compiles: its code reads no attribute and imports nothing, whatever it calls is
a guard or a registered function, its result is plain, and what it spent is within the budget. Run
long, the processor time and the memory of each are measured too.
"""

from __future__ import annotations

import dis
import random
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from types import CodeType

from engine import expression_guards as guards
from engine.errors import GuichengError
from engine.expressions import Script, compile_expression, compile_feel, compile_script
from engine.unary_tests import compile_unary_test
from tests.long._written import FUNCTIONS, VARIABLES, Written, write

FULL = 1_000_000
MOST_SECONDS = 0.1  # of processor time for one input
MOST_BYTES = 50_000_000
WEIGHED = 10  # every tenth input; weighing makes it slow, so it is not timed
KNOWN = frozenset(FUNCTIONS)
FORBIDDEN = ("ATTR", "METHOD", "IMPORT", "YIELD_FROM", "AWAIT", "BUILD_CLASS", "DELETE", "GLOBAL_")
COMPILERS = {
    "expression": compile_expression,
    "script": compile_script,
    "feel": compile_feel,
    "cell": lambda source, known: compile_unary_test(source, "amount", known),
}
HARMLESS = (str, int, float, bool, type(None), list, tuple, dict, set, range, *guards._VIEWS)


def compiled(written: Written) -> object | None:
    """The compiled input; None when it was refused with a sentence."""
    try:
        return COMPILERS[written.mode](written.source, KNOWN)
    except GuichengError:
        return None


def instructions(code: CodeType) -> Iterator[dis.Instruction]:
    """Every instruction, of the codes inside too."""
    yield from dis.get_instructions(code)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from instructions(constant)


def assert_harmless(written: Written, code: CodeType) -> None:
    """No attribute, no import; names with an underscore are the guards."""
    for each in instructions(code):
        assert not any(word in each.opname for word in FORBIDDEN if "GLOBAL" not in word), (
            written,
            each.opname,
        )
        if each.opname.startswith(("LOAD_NAME", "LOAD_GLOBAL")):
            name = str(each.argval)
            assert not name.startswith("_") or name in guards.GUARDS, (written, name)


def evaluated(written: Written, made: object) -> guards.Budget:
    """Run it on a copy of the variables; what was left of its budget."""
    left = guards.Budget()
    variables = dict(VARIABLES)
    original = guards.Budget.__init__
    kept: list[guards.Budget] = []

    def remember(self: guards.Budget) -> None:
        original(self)
        kept.append(self)

    guards.Budget.__init__ = remember  # type: ignore[method-assign]
    try:
        if isinstance(made, Script):
            made.run(variables, FUNCTIONS)
            result: object = variables
        else:
            result = made.evaluate(variables, FUNCTIONS)  # type: ignore[attr-defined]
        assert isinstance(result, HARMLESS), (written, type(result))
    except GuichengError:
        pass  # a sentence for the designer, whatever it is
    finally:
        guards.Budget.__init__ = original  # type: ignore[method-assign]
    return kept[-1] if kept else left


def run_inputs(seed: int, count: int, *, measured: bool) -> dict[str, object]:
    """Write, compile and run inputs; the figures. Raises AssertionError naming the input."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    worst_time, worst_bytes, most_steps = (0.0, ""), (0, ""), 0
    before = deepcopy(VARIABLES)
    modules = set(sys.modules)
    for number in range(count):
        written = write(chance)
        weighed = measured and number % WEIGHED == 0
        if weighed:
            tracemalloc.start()
            floor = tracemalloc.get_traced_memory()[0]
        began = time.thread_time()
        made = compiled(written)
        counts["compiled" if made else "refused"] += 1
        if made is not None:
            assert_harmless(written, made._code)  # type: ignore[attr-defined]
            began = time.thread_time()
            left = evaluated(written, made)
            most_steps = max(most_steps, guards.MOST_STEPS - left.steps)
            assert left.iterations >= -1, written
        spent = 0.0 if weighed else time.thread_time() - began
        if spent > worst_time[0]:
            spent = min(spent, _spent(written), _spent(written))  # the collector's is not its own
            worst_time = max(worst_time, (spent, written.source))
        if weighed:
            grown = tracemalloc.get_traced_memory()[1] - floor
            if grown > worst_bytes[0]:
                worst_bytes = (grown, written.source)
            tracemalloc.stop()
    assert before == VARIABLES, "an input changed the variables it was given"
    assert {name for name in set(sys.modules) - modules if "encodings" not in name} == set()
    return {
        "inputs": count,
        "compiled_percent": round(100 * counts["compiled"] / count, 1),
        "most_steps": most_steps,
        "worst_milliseconds": round(1000 * worst_time[0], 1),
        "slowest": worst_time[1][:200],
        "worst_megabytes": round(worst_bytes[0] / 1e6, 1),
        "largest": worst_bytes[1][:200],
    }


def _spent(written: Written) -> float:
    """Seconds of the processor that an input takes to be compiled and run."""
    began = time.thread_time()
    made = compiled(written)
    if made is not None:
        evaluated(written, made)
    return time.thread_time() - began


def run(scale: float, seed: int) -> dict[str, object]:
    """A million inputs at scale 1, each timed and weighed; then eight threads at once."""
    figures = run_inputs(seed, int(FULL * scale), measured=True)
    assert float(str(figures["compiled_percent"])) >= 60, figures
    assert float(str(figures["worst_milliseconds"])) <= 1000 * MOST_SECONDS, figures
    assert float(str(figures["worst_megabytes"])) <= MOST_BYTES / 1e6, figures
    return figures | {"threads": "8 equal to serial" if threads_agree(seed) else "differ"}


def threads_agree(seed: int, inputs: int = 400) -> bool:
    """Eight threads that compute the same inputs at once get what one alone gets."""
    chance = random.Random(seed)
    tried = [write(chance) for _ in range(inputs)]
    alone = [_result(written) for written in tried]
    together: list[list[str]] = [[] for _ in range(8)]

    def work(place: int) -> None:
        together[place] = [_result(written) for written in tried]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return all(found == alone for found in together)


def _result(written: Written) -> str:
    made = compiled(written)
    if made is None:
        return "refused"
    variables = dict(VARIABLES)
    try:
        if isinstance(made, Script):
            made.run(variables, FUNCTIONS)
            return repr({name: variables[name] for name in sorted(variables.keys() - VARIABLES)})
        found = made.evaluate(variables, FUNCTIONS)  # type: ignore[attr-defined]
        return repr(sorted(found, key=repr) if isinstance(found, set) else found)
    except GuichengError as error:
        return error.message
