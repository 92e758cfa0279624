"""Portal files: TOML to `Portal` records. A wrong file is refused with its line, the field, and what to do about it."""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from parsers.gazetteer import divisions
from parsers.listing_records import Build
from parsers.records import Portal
from parsers.urls import page_key
from storage.errors import PortalFileError
from storage.toml_files import parse_toml, read_text


def _web_address(value: str) -> str:
    method, space, address = value.partition(" ")  # "POST https://..." is a list that is posted to
    parts = urlsplit(address.strip() if space and method == "POST" else value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is no http or https address; write it in full, such as https://www.example.gov.cn/nb/")
    if parts.username is not None:
        raise ValueError("names a user, and perhaps a password; neither is ever sent, so leave them out")
    return value


def _allowed_host(value: str) -> str:
    if "/" in value:
        try:
            ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise ValueError(
                f'{value!r} is no host, such as "intranet.example:8080", and no network, such as "10.20.0.0/16"'
            ) from None
    return value


def _connect_address(value: str) -> str:
    if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s/]+):\d{1,5}", value):
        raise ValueError(f'{value!r} is not "address:port", such as "127.0.0.1:8080"')
    return value


def _known_charset(value: str) -> str:
    try:
        "".encode(value)
    except LookupError:
        raise ValueError(f"{value!r} is no character set that Python knows, such as utf-8 or gb18030") from None
    return value


NEWEST = 9999  # year of the newest edition of the divisions
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class PortalFile(BaseModel):
    """The keys of a portal file. Their meaning stands with `parsers.records.Portal`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Text
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    lists: Annotated[list[Annotated[str, AfterValidator(_web_address)]], Field(min_length=1)]
    build: Build | None = None
    pace: Annotated[float, Field(ge=0, le=3600, strict=False)] = 1.0
    minimum: Annotated[int, Field(ge=0)] = 1
    allow_hosts: list[Annotated[Text, AfterValidator(_allowed_host)]] = []
    connect: dict[str, Annotated[str, AfterValidator(_connect_address)]] = {}
    charset: Annotated[str, AfterValidator(_known_charset)] | None = None
    tls: Literal["verify", "legacy", "insecure"] = "verify"
    notes: str = ""
    seen: str = ""
    checked: str = ""


# What pydantic says, as a sentence for the person who wrote the file.
SENTENCES = {
    "missing": "is missing; every portal file needs name, region and lists",
    "string_pattern_mismatch": 'must be six digits in quotes (GB/T 2260), such as "620800"',
    "string_too_short": "must not be empty",
    "too_short": "must hold at least one address",
    "string_type": "must be text in quotes",
    "list_type": "must be a list in square brackets",
    "dict_type": 'must be a table, such as { "www.example.gov.cn" = "127.0.0.1:8080" }',
    "int_type": "must be a whole number",
    "greater_than_equal": "must be 0 or more",
    "less_than_equal": "must be at most 3600 (seconds)",
    "float_type": "must be a number (of seconds)",
    "float_parsing": "must be a number (of seconds)",
}


def load_portals(path: Path) -> list[Portal]:
    """The portals of a TOML file, or of every `*.toml` of a folder, sorted by name.

    Raises `PortalFileError` for a path that is not there, a folder without portal files, a file that is no TOML, a key that
    is missing, wrong or unknown, or for a name that two portals share.
    """
    portals: dict[str, tuple[Portal, Path]] = {}
    for file in portal_files(path):
        portal = load_portal(file)
        if portal.name in portals:
            message = f"{portal.name!r} is the name in {portals[portal.name][1].name} already; give each portal its own"
            raise PortalFileError(file, message, line=_key_line(_text(file), ("name",)), field="name")
        portals[portal.name] = (portal, file)
    return [portals[name][0] for name in sorted(portals)]


def load_portal(file: Path) -> Portal:
    """The portal of one TOML file; errors as `load_portals`."""
    portal, faults = _read(file)
    if portal is None:
        raise faults[0]
    return portal


def portal_files(path: Path) -> list[Path]:
    """The portal files of a folder in the order of their names, or the one file. Raises `PortalFileError` for none."""
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise PortalFileError(path, "holds no portal file; put a *.toml file there, or name one with --portals")
    return files


def portal_faults(path: Path) -> list[PortalFileError]:
    """Everything that is wrong with a portal file or a folder of them, file by file.

    What `load_portals` refuses; a region that is no place (GB/T 2260); a list that another portal has, which would be visited
    twice. Raises `PortalFileError` for a folder without portal files.
    """
    faults: list[PortalFileError] = []
    taken: dict[tuple[str, str], Path] = {}
    for file in portal_files(path):
        portal, wrong = _read(file)
        faults += wrong
        if portal is None:
            continue
        if divisions().at(portal.region, NEWEST) is None:
            faults.append(_fault(file, ("region",), f"{portal.region} is the code of no place (GB/T 2260)"))
        stated: list[tuple[tuple[int | str, ...], tuple[str, str]]] = [(("name",), ("name", portal.name))]
        stated += [(("lists", number), ("list", address)) for number, address in enumerate(portal.lists)]
        for place, (kind, value) in stated:
            key = (kind, page_key(value.split()[-1]) if kind == "list" else value)
            if key in taken:
                faults.append(
                    _fault(file, place, f"{value!r} stands in {taken[key].name} already; give each portal its own")
                )
            taken.setdefault(key, file)
    return faults


def save_checked(file: Path, checked: str) -> None:
    """Write down in a portal file what a visit found, as its key `checked`. Raises `PortalFileError`."""
    line = f"checked = {json.dumps(checked, ensure_ascii=False)}"  # a JSON string is a TOML basic string
    lines = _text(file).splitlines()
    place = next((number for number, old in enumerate(lines) if re.match(r"\s*checked\s*=", old)), None)
    if place is None:  # above the first table: what stands below it would belong to it
        place = next((number for number, old in enumerate(lines) if old.startswith("[")), len(lines))
        lines.insert(place, line)
    else:
        lines[place] = line
    unfinished = file.with_name(file.name + ".new")
    try:
        unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
        unfinished.replace(file)
    except OSError as error:
        raise PortalFileError(file, f"cannot be written: {error.strerror}") from error


def _read(file: Path) -> tuple[Portal | None, list[PortalFileError]]:
    """The portal of a file, or everything that is wrong with it, the first thing to mend first."""
    try:
        data = parse_toml(file, _text(file), PortalFileError)
    except PortalFileError as error:
        return None, [error]
    try:
        return _portal(PortalFile.model_validate(data)), []
    except ValidationError as error:
        return None, _explain(file, error)


def _fault(file: Path, place: tuple[int | str, ...], message: str) -> PortalFileError:
    field = str(place[0]) + "".join(f"[{part}]" for part in place[1:])
    return PortalFileError(file, message, line=_key_line(_text(file), place), field=field)


def _text(file: Path) -> str:
    return read_text(file, PortalFileError, "name a portal file or a folder of them with --portals")


def _portal(file: PortalFile) -> Portal:
    return Portal(
        name=file.name,
        region=file.region,
        lists=tuple(file.lists),
        build=file.build,
        pace=file.pace,
        minimum=file.minimum,
        allow_hosts=tuple(file.allow_hosts),
        connect=dict(file.connect),
        charset=file.charset,
        tls=file.tls,
        notes=file.notes,
        seen=file.seen,
        checked=file.checked,
    )


def _explain(file: Path, error: ValidationError) -> list[PortalFileError]:
    """The faults of the file; those of unknown keys first, because a misspelt key also leaves one missing."""
    faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    return [_fault(file, fault["loc"], _sentence(fault)) for fault in faults]


def _sentence(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(fault["loc"][-1]), PortalFile.model_fields, n=1)
        return f"is no key of a portal file; {f'did you mean {near[0]}?' if near else 'remove it'}"
    if fault["type"] == "value_error":
        return f"{fault['ctx']['error']}"
    if fault["type"] == "literal_error":
        return f"must be one of {fault['ctx']['expected']}"
    return SENTENCES.get(fault["type"]) or str(fault["msg"])


def _key_line(text: str, location: tuple[int | str, ...]) -> int | None:
    """The line on which the key, or the item of its list, begins; None for a key that is not there."""
    key = re.escape(str(location[0]))
    lines = text.splitlines()
    start = next(
        (number for number, line in enumerate(lines) if re.match(rf"""\s*\[*\s*["']?{key}["']?\s*[.=\]]""", line)), None
    )
    if start is None:
        return None
    if len(location) == 1:
        return start + 1
    value: Any = tomllib.loads(text)
    for part in location:
        value = value[part]
    wanted = [f'"{value}"', f"'{value}'", str(value), str(location[-1])]
    return 1 + next(
        (number for sign in wanted for number, line in enumerate(lines) if number >= start and sign in line), start
    )
