"""Random expressions: from the grammar of both spellings, and from attacks on the environment."""

from __future__ import annotations

import random
from dataclasses import dataclass

DEPTH = 4
VARIABLES = {
    "title": "关于做好有关工作的通知",
    "kind": "请示",
    "amount": 7,
    "ratio": 0.5,
    "done": False,
    "nothing": None,
    "names": ["甲", "乙", "丙"],
    "numbers": list(range(200)),
    "party": {"dept": "finance", "must_reply": True, "days": [1, 2, 3]},
    "parties": [{"dept": f"d{n}", "days": n, "ok": n % 2 == 0} for n in range(100)],
    "long_text": "一二三四五" * 2_000,
    "long_list": list(range(5_000)),
    "nested": [[["x"] * 20] * 20] * 20,
}
FUNCTIONS = {
    "now_iso": lambda: "2026-02-11T10:00:00+08:00",
    "pick": lambda items, n: list(items)[n],
}
ATTACKS = (
    "__import__('os').system('id')", "().__class__.__bases__[0].__subclasses__()",
    "open('/etc/passwd').read()", "'{0.__class__}'.format(title)", "'%s'.__class__",
    "f'{title.__class__}'", "getattr(title, '__cl' + 'ass__')", "(lambda: 1).__globals__",
    "pick.__globals__", "pick.__code__", "(y for y in [1]).gi_frame.f_back", "type(title)",
    "vars()", "globals()", "locals()", "exec('import os')", "eval('1')", "compile('1', '', 'eval')",
    "9**9**9", "'a' * 10**9", "[0] * 10**9", "sum(range(10**10))", "10**8 * 'x'",
    "[a for a in range(9999) for b in range(9999) for c in range(9999)]", "names.clear()",
    "party.update({'a': 2})", "party.pop('dept')", "names.append(1)", "sorted(names, key=len)",
    "str(pick)", "'a'.join(['b'] * 10000000)", "(z := 5)", "{**party}", "print(1)", "len.__self__",
    "1 if done else __import__('os')", "'%1000000000d' % 1", "int('9' * 9999)",
    "'x'.replace('', 'y' * 9999).replace('y', 'z' * 9999)", "str.format('{0.__class__}', 1)",
    "list(range(9999)) * 9", "dict(__class__=1)", "set.__subclasses__()", "round(5, -1000000000)",
    "[long_text + long_text for n in numbers]", "[long_text[1:] for n in long_list]",
    "[long_list == long_list[1:] for n in long_list]", "[long_text.count('五') for n in long_list]",
    "[title in nested for n in long_list]", "str(nested)", "[str(parties) for n in numbers]",
    "sum([long_list for n in numbers], [])", "sorted(long_list * 20)", "'二' in long_text * 10",
    "[long_text.upper() for n in long_list]", "max([long_text for n in long_list])",
    "set(long_list * 19)", "{n: long_text * 3 for n in long_list}", "-" * 3000 + "1",
    "(" * 300 + "1" + ")" * 300, "[" * 150 + "]" * 150, "not " * 900 + "1", "1" + "+1" * 390,
    "1" + " if 1 else 1" * 80, "party.__class__", "party['__class__']", "names[0:10**18]",
    "names[::0]", "1 // 0", "1 % 0", "float('nan')", "1e308 * 10", "int(1e308) * int(1e308)",
    "\"\\ud800\"", "'\\x00'", "title.encode('utf-8')", "title.format_map(party)", "0x7f.to_bytes",
    "nothing.anything", "yield 1", "await title", "*names", "names[...]", "1 .real", "b'x'", "1j",
    "zip(*[long_list] * 50)", "[*names]", "dict.fromkeys(names)", "any(n for n in iter(names))",
)  # fmt: skip
STATEMENTS = (
    "import os", "from os import system", "while True: pass", "def f(): return f()\nf()",
    "class A: pass", "try:\n 1/0\nexcept Exception as e:\n g = e.__traceback__.tb_frame",
    "with open('x') as f: pass", "del title", "party.__class__ = 1", "party['a'] = 1", "len = 5",
    "global q", "raise SystemExit", "assert 0", "l = [1]\nl = [l, l]\nl = [l, l]\nl = [l, l]",
    "\n".join(["l = [1]", *["l = [l, l]"] * 60]), "s = 'a'\nfor i in range(60): s = s + s",
    "n = 1\nfor i in range(9999): n = n + n", "n = 2\nfor i in range(9999): n = n * n",
    "n = -1\nfor i in range(9999): n = n - (0 - n)",
    "match title:\n case dict(__class__=c): y = c", "d = {}\nfor n in long_list: d = {**party}",
    "for a in range(9999):\n for b in range(9999):\n  c = 1", "x, y = 1, 2", "x = y = 1", "x += 1",
    "async def f(): pass", "l = []\nfor a in long_list: l = l + [a]", "out = {1: 2}",
    "out = {1, 2}",
    "g = (n for n in long_list)", "out = 10 ** 3", "out = 1 << 70", "nonlocal x", "return 1",
    "t = long_text\nfor i in numbers: t = t.replace('一', '一一')", "typename = 1", "_x = 1",
    "for title.x in names: pass", "x: int = 1", "lambda: 0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """mode: expression, script, feel, cell."""

    mode: str
    source: str


def write(chance: random.Random) -> Written:
    """One input: mostly from the grammar, some with an attack put in, some only an attack."""
    draw = chance.random()
    if draw < 0.42:
        return Written("expression", _value(chance, DEPTH))
    if draw < 0.56:
        return Written("script", _script(chance))
    if draw < 0.68:
        return Written("feel", _feel(chance, 3))
    if draw < 0.76:
        return Written("cell", _cell(chance))
    if draw < 0.90:
        return Written("expression", _attacked(chance))
    if draw < 0.95:
        return Written("script", _mutated(chance, chance.choice(STATEMENTS)))
    return Written("expression", _mutated(chance, chance.choice(ATTACKS)))


def _attacked(chance: random.Random) -> str:
    """A sentence of the grammar with an attack in the place of a name."""
    source = _value(chance, DEPTH)
    names = [name for name in VARIABLES if name in source]
    if not names:
        return f"[{source}, {chance.choice(ATTACKS)}]"
    return source.replace(chance.choice(names), f"({chance.choice(ATTACKS)})", 1)


def _mutated(chance: random.Random, source: str) -> str:
    """A few characters changed, doubled, dropped or exchanged."""
    text = list(source)
    for _ in range(chance.randint(0, 3)):
        place = chance.randrange(len(text) or 1)
        change = chance.randrange(4)
        if change == 0:
            text[place : place + 1] = []
        elif change == 1:
            text.insert(place, chance.choice("()[]{}.,:'\"+-*/%=<>_ \n0９a一\\"))
        elif change == 2:
            text[place : place + 1] *= 2
        else:
            text[place:] = [*text[place:], *chance.choice(ATTACKS)]
    return "".join(text)


def _value(chance: random.Random, depth: int) -> str:
    if depth <= 0 or chance.random() < 0.15:
        return _leaf(chance)
    return chance.choice(_FORMS)(chance, depth - 1)


def _leaf(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(list(VARIABLES))
    return chance.choice(['"甲"', '""', "0", "1", "-3", "2.5", "True", "None", "12345678901", "[]"])


def _form(*templates: str):
    def make(chance: random.Random, depth: int) -> str:
        out = chance.choice(templates)
        while "@" in out:
            out = out.replace("@", _value(chance, depth), 1)
        while "§" in out:
            out = out.replace("§", chance.choice(_ITERABLES), 1)
        return out

    return make


_ITERABLES = ("names", "numbers", "parties", "long_list", "party", "range(50)", 'party["days"]')
_FORMS = (
    _form("(@ + @)", "(@ - @)", "(@ * @)", "(@ / @)", "(@ // @)", "(@ % @)", "-@"),
    _form("(@ == @)", "(@ != @)", "(@ < @)", "(@ >= @)", "(@ in @)", "(@ not in §)", "(@ is None)"),
    _form("(1 < @ <= @)", "(@ and @)", "(@ or @)", "(not @)", "(@ if @ else @)"),
    _form("[@, @]", "(@, @)", '{"a": @, "b": @}', "{@, @}"),
    _form("@[0]", '@["dept"]', "@[1:]", "@[-1]", "@[@]", "party.dept", "party.days", "@[1:3]"),
    _form("len(@)", "str(@)", "int(@)", "bool(@)", "abs(@)", "sorted(§)", "sum(§)", "max(@, @)"),
    _form("list(§)", "set(§)", "dict(@)", "min(§)", "round(@, 2)", "float(@)", "enumerate(§)"),
    _form("any(v == @ for v in §)", "all(@ for v in §)", "[@ for v in §]", "{v: @ for v in names}"),
    _form("[[@ for w in §] for v in §]", "[v for v in § if @]", "len([v for v in § if v != @])"),
    _form("@.strip()", "@.upper()", '@.split("、")', '"、".join(§)', "@.count(@)", "@.get(@)"),
    _form('@.replace("甲", @)', "@.startswith(@)", "party.get(@, @)", "@.keys()", "@.index(@)"),
    _form("now_iso()", "pick(§, 0)", "pick([@], 0)", "zip(§, §)", "range(@)"),
)


def _script(chance: random.Random) -> str:
    lines = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(["a", "b", "total", "found", "结果"])
        line = f"{name} = {_value(chance, 3)}"
        shape = chance.random()
        if shape < 0.2:
            line = f"if {_value(chance, 2)}:\n    {line}\nelse:\n    {name} = None"
        elif shape < 0.4:
            line = f"for each in {chance.choice(_ITERABLES)}:\n    {line}"
        lines.append(line)
    return "\n".join(lines)


def _feel(chance: random.Random, depth: int) -> str:
    if depth <= 0 or chance.random() < 0.2:
        return chance.choice([*list(VARIABLES)[:7], '"甲"', "1", "2.5", "true", "null"])
    out = chance.choice(
        ["@ = @", "@ > @ and @", "@ or @", "not(@)", "@ in (@, @)", "amount in [1..@]", "@ + @",
         "if @ then @ else @", "some v in names satisfies v = @", "every v in numbers satisfies @",
         "amount between 1 and 9", "count(names)", "names[1]", "party.dept", "[@, @]", "(@)", "-@",
         'date("2026-01-01")', 'contains(title, "通知")', "@ in names", "(@ * @)"]
    )  # fmt: skip
    while "@" in out:
        out = out.replace("@", _feel(chance, depth - 1), 1)
    return out


def _cell(chance: random.Random) -> str:
    out = chance.choice(
        ['"甲","乙"', 'not("甲")', "[1..5]", "(1..5]", "> @", "<= @", "@", "@,@", "? in (@, @)",
         "1 < ? < @", "not ?", "? is None", 'in ("甲", "乙")', "true", "!= @", "len(?) > @"]
    )  # fmt: skip
    while "@" in out:
        out = out.replace("@", _leaf(chance), 1)
    return out
