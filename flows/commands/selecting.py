"""Options that choose documents, and the selector that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, TypeVar, get_args

import click

from flows.parameters import selector_of
from parsers.records import TemplateId
from parsers.verdicts import VERDICTS
from storage.documents import Selector

F = TypeVar("F", bound=Callable[..., Any])

# name of the parameter, as flows have it; option; help
_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("documents", "--document", {"metavar": "ID|URL", "help": "This document."}),
    ("portal_names", "--portal", {"metavar": "NAME", "help": "Documents of this portal."}),
    ("hosts", "--host", {"metavar": "HOST", "help": "Documents on this host."}),
    ("years", "--year", {"type": int, "metavar": "Y", "help": "Reports of this year."}),
    ("regions", "--region", {"metavar": "CN-XX|ADCODE", "help": "Reports of this province, prefecture or county."}),
    ("templates", "--template", {"type": click.Choice(get_args(TemplateId)), "help": "Reports in this layout."}),
    ("verdicts", "--verdict", {"type": click.Choice(list(VERDICTS)), "help": "Documents that failed for this reason."}),
    ("issues", "--issue", {"metavar": "CODE", "help": "Reports in which this check found something."}),
)


def selection(function: F) -> F:
    """Give a command the options that choose documents. All may be repeated; different ones combine."""
    options = [click.option(flag, name, multiple=True, **how) for name, flag, how in _OPTIONS]
    return reduce(lambda decorated, option: option(decorated), reversed(options), function)


def selector_from(chosen: Mapping[str, Any]) -> Selector:
    """The selector of these options. Raises `CallError` for a year that cannot be."""
    return selector_of(**chosen)
