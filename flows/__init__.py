"""Prefect flows and the command line: what an operator starts."""

from flows.memory import share_freed_memory

share_freed_memory()  # whichever module of ours a process begins with, this comes before Arrow and before threads
