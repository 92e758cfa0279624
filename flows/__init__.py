"""Prefect flows and the command line: what an operator starts."""
