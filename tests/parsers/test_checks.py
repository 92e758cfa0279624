"""The declared checks against the code that emits them: every code is declared, with the severities that it can have."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from parsers.checks import CHECKS, Scope
from parsers.records import Severity

ROOT = Path(__file__).parents[2]
PACKAGES = ("parsers", "storage", "tasks", "flows")
# These hand on what another module has emitted; everywhere else the code stands in the call as a string.
HAND_ON = {"parsers/readings.py", "parsers/layouts.py", "parsers/serialize.py"}
CALLS = {"Issue", "Trouble", "trouble"}


def emitted(source: str, file: str = "source.py") -> Iterator[tuple[str, frozenset[str]]]:
    """Code and severities of every call that makes an issue. Fails for a code that a reader of the source cannot tell."""
    tree = ast.parse(source)
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if _name(call.func) not in CALLS:
            continue
        severity, code = (_argument(call, position, name) for position, name in enumerate(("severity", "code")))
        text = _text(code)
        if text is None:
            assert file in HAND_ON, f"{file}:{call.lineno}: write the code of the issue into the call: {ast.unparse(call)}"
            continue
        yield text, frozenset(_strings(severity, functions))


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def _argument(call: ast.Call, position: int, name: str) -> ast.expr:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return named[name] if name in named else call.args[position]


def _text(code: ast.expr) -> str | None:
    """A string, with * for what is filled in; None for anything else."""
    if isinstance(code, ast.Constant):
        return str(code.value)
    if isinstance(code, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in code.values)
    return None


def _strings(severity: ast.expr, functions: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """The severities that an expression may come to; a function of the same module may choose."""
    if isinstance(severity, ast.Call) and _name(severity.func) in functions:
        for node in ast.walk(functions[_name(severity.func)]):
            if isinstance(node, ast.Return) and node.value is not None:
                yield from _strings(node.value, functions)
    elif isinstance(severity, ast.IfExp):
        yield from _strings(severity.body, functions)
        yield from _strings(severity.orelse, functions)
    else:
        assert isinstance(severity, ast.Constant), f"line {severity.lineno}: which severity is {ast.unparse(severity)}?"
        yield str(severity.value)


def test_scan_sees_every_way_of_emitting() -> None:
    source = """
def _gravity(total):
    return "warning" if total else "error"
def find(reading, kind):
    yield Issue("info", "plain", "text")
    yield Issue(severity="error", code="named", message="text")
    yield Issue(_gravity(kind), "chosen", "text")
    yield Issue("info" if kind else "error", f"list.{kind}", "text")
    reading.trouble("warning", "trouble", "text")
"""
    assert sorted(emitted(source)) == [
        ("chosen", {"error", "warning"}),
        ("list.*", {"error", "info"}),
        ("named", {"error"}),
        ("plain", {"info"}),
        ("trouble", {"warning"}),
    ]
    with pytest.raises(AssertionError, match="write the code of the issue"):
        list(emitted("Issue('error', code, 'text')"))


def test_every_emitted_code_is_declared_with_its_severities() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            for code, severities in emitted(file.read_text(encoding="utf-8"), name):
                found[code] |= severities
    declared = {check.id: set(check.severities) for check in CHECKS}
    assert dict(found) == declared, "parsers/checks.py and the calls that emit issues differ"


def test_declarations_are_complete() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.scope in get_args(Scope)
        assert set(check.severities) <= set(get_args(Severity))
        assert check.sentence.endswith("."), check.id
        assert check.tolerance, check.id
