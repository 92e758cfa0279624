"""What ends a command or a flow run, each said in a sentence for a person."""

from __future__ import annotations


class CallError(Exception):
    """The call cannot be carried out as it stands: exit status 2, `str()` of this on standard error."""
