"""The register of hostile files: a file name, and what makes the file."""

from __future__ import annotations

from collections.abc import Callable

MB = 2**20

Maker = Callable[[], bytes]
CASES: dict[str, tuple[str, Maker]] = {}


def case(file_name: str) -> Callable[[Maker], Maker]:
    """Registers the function below it under its own name."""

    def add(make: Maker) -> Maker:
        CASES[make.__name__] = (file_name, make)
        return make

    return add
