"""Portal files: what they may say, and what is said to the person who wrote a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.records import Portal
from storage.errors import PortalFileError
from storage.portals import load_portal, load_portals, portal_faults, save_checked

SHORT = 'name = "临江市"\nregion = "220681"\nlists = ["https://www.linjiang.example.cn/nb/"]\n'
FULL = """
# why each line is here
name = "临江市"
region = "220681"
lists = [
    "https://www.linjiang.example.cn/nb/",
    "http://www.linjiang.example.cn:8080/old/index.html",
]
build = "script"
pace = 2.5
minimum = 10
allow_hosts = ["127.0.0.1"]
connect = { "www.linjiang.example.cn" = "127.0.0.1:8080" }
charset = "gb18030"
tls = "legacy"
notes = "旧系统"
"""


def write(folder: Path, text: str, name: str = "linjiang.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_three_lines_are_a_portal(tmp_path: Path) -> None:
    assert load_portal(write(tmp_path, SHORT)) == Portal("临江市", "220681", ("https://www.linjiang.example.cn/nb/",))


def test_every_key_reaches_the_record(tmp_path: Path) -> None:
    assert load_portal(write(tmp_path, "\ufeff" + FULL)) == Portal(
        name="临江市",
        region="220681",
        lists=("https://www.linjiang.example.cn/nb/", "http://www.linjiang.example.cn:8080/old/index.html"),
        build="script",
        pace=2.5,
        minimum=10,
        allow_hosts=("127.0.0.1",),
        connect={"www.linjiang.example.cn": "127.0.0.1:8080"},
        charset="gb18030",
        tls="legacy",
        notes="旧系统",
    )


def test_a_folder_gives_its_portals_by_name(tmp_path: Path) -> None:
    write(tmp_path, SHORT.replace("临江市", "b"), "1.toml")
    write(tmp_path, SHORT.replace("临江市", "a"), "2.toml")
    write(tmp_path, "not a portal", "readme.txt")
    assert [portal.name for portal in load_portals(tmp_path)] == ["a", "b"]
    assert [portal.name for portal in load_portals(tmp_path / "1.toml")] == ["b"]


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        (('name = "临江市"\n', ""), (None, "name"), r"is missing; every portal file needs name, region and lists"),
        (('region = "220681"\n', ""), (None, "region"), "is missing"),
        (('"220681"', "220681"), (2, "region"), "must be text in quotes"),
        (('"220681"', '"22068"'), (2, "region"), r'must be six digits in quotes .*"620800"'),
        (('"220681"', '"２２０６８１"'), (2, "region"), "must be six digits"),
        (('"220681"', '"220681\\n"'), (2, "region"), "must be six digits"),
        (('"临江市"', '" "'), (1, "name"), "must not be empty"),
        (('["https://www.linjiang.example.cn/nb/"]', "[]"), (3, "lists"), "must hold at least one address"),
        (('["https://www.linjiang.example.cn/nb/"]', '"https://x.cn/"'), (3, "lists"), "must be a list in square brackets"),
        (('["https://', '["https://us:pw@'), (3, "lists[0]"), "names a user, and perhaps a password; neither is ever sent"),
        (("name = ", 'build = "createPageHTML"\nname = '), (1, "build"), "must be one of 'dataproxy', 'script'"),
        (("name = ", 'allow_hosts = ["10.0.0.0/99"]\nname = '), (1, "allow_hosts[0]"), "'10.0.0.0/99' is no host, such as"),
        (('["https://', '["ftp://'), (3, "lists[0]"), "'ftp://www.linjiang.example.cn/nb/' is no http or https address"),
        (('["https://', '["'), (3, "lists[0]"), "is no http or https address; write it in full"),
        (('["https://www', '["https://a.cn/",\n "//www'), (4, "lists[1]"), "is no http or https address"),
        (("lists", "list"), (3, "list"), r"is no key of a portal file; did you mean lists\?"),
        (("lists", "\nregoin = 1\nlists"), (4, "regoin"), r"did you mean region\?"),
        (("lists", "colour = 1\nlists"), (3, "colour"), "is no key of a portal file; remove it"),
        (("lists", 'pace = "fast"\nlists'), (3, "pace"), "must be a number"),
        (("lists", "pace = -1\nlists"), (3, "pace"), "must be 0 or more"),
        (("lists", "pace = nan\nlists"), (3, "pace"), "must be at most 3600"),
        (("lists", "minimum = 1.5\nlists"), (3, "minimum"), "must be a whole number"),
        (("lists", "minimum = true\nlists"), (3, "minimum"), "must be a whole number"),
        (("lists", 'tls = "off"\nlists'), (3, "tls"), "must be one of 'verify', 'legacy' or 'insecure'"),
        (("lists", 'charset = "klingon"\nlists'), (3, "charset"), "no character set that Python knows"),
        (("lists", 'connect = { "a.cn" = "b.cn" }\nlists'), (3, "connect[a.cn]"), 'is not "address:port"'),
        (("lists", 'allow_hosts = "127.0.0.1"\nlists'), (3, "allow_hosts"), "must be a list"),
        (("lists = [", "lists = [["), (3, None), "is no valid TOML"),
        (('name = "', 'name = "临江市"\nname = "'), (2, None), "is no valid TOML"),
        (("nb/", "nb/\n"), (3, None), "is no valid TOML"),
        (('"]', '"'), (3, None), "is no valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_field(
    tmp_path: Path, change: tuple[str, str], place: tuple[int | None, str | None], message: str
) -> None:
    assert SHORT.count(change[0]) == 1
    path = write(tmp_path, SHORT.replace(*change))
    with pytest.raises(PortalFileError, match=message) as caught:
        load_portal(path)
    assert (caught.value.file, caught.value.line, caught.value.field) == (path, *place)
    assert str(caught.value).startswith(f"{path}:{place[0]}: " if place[0] else f"{path}: ")
    assert "\n" not in str(caught.value)


def test_connect_as_a_table_is_found_on_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, SHORT + '\n[connect]\n"a.cn" = "127.0.0.1:1"\n"b.cn" = "b"\n')
    with pytest.raises(PortalFileError) as caught:
        load_portal(path)
    assert (caught.value.line, caught.value.field) == (7, "connect[b.cn]")


def test_two_portals_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, SHORT, "a.toml")
    second = write(tmp_path, "# another\n" + SHORT, "b.toml")
    with pytest.raises(PortalFileError, match=r"'临江市' is the name in a\.toml already") as caught:
        load_portals(tmp_path)
    assert (caught.value.file, caught.value.line, caught.value.field) == (second, 2, "name")


@pytest.mark.parametrize(("name", "message"), [("gone.toml", "is not there"), ("empty", "holds no portal file")])
def test_a_path_without_portals_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PortalFileError, match=f"{name}: .*{message}.*--portals"):
        load_portals(tmp_path / name)


def test_a_file_in_another_charset_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gbk.toml"
    path.write_bytes(b'region = "220681"\n' + 'name = "临江市"\n'.encode("gb18030"))
    with pytest.raises(PortalFileError, match="save it as UTF-8") as caught:
        load_portal(path)
    assert caught.value.line == 2


def test_a_folder_named_as_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(PortalFileError, match=r"x\.toml: cannot be read"):
        load_portals(tmp_path)


# --- all faults at once -------------------------------------------------------------------------------------------------


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, SHORT, "a.toml")
    write(tmp_path, SHORT.replace("220681", "999999").replace("临江市", "b"), "b.toml")
    write(tmp_path, 'name = ""\nregion = "22"\nlists = ["ftp://a.cn/", "https://b.cn/"]\npaec = 1\n', "c.toml")
    write(tmp_path, "name = ", "d.toml")
    write(tmp_path, SHORT.replace("/nb/", "/other/"), "e.toml")
    faults = portal_faults(tmp_path)
    assert [(fault.file.name, fault.line, fault.field) for fault in faults] == [
        ("b.toml", 2, "region"),
        ("b.toml", 3, "lists[0]"),  # a.toml's
        ("c.toml", 4, "paec"),
        ("c.toml", 1, "name"),
        ("c.toml", 2, "region"),
        ("c.toml", 3, "lists[0]"),
        ("d.toml", 1, None),
        ("e.toml", 1, "name"),
    ]
    assert "is the code of no place" in str(faults[0])
    assert "stands in a.toml already" in str(faults[1])


def test_lists_that_are_posted_to(tmp_path: Path) -> None:
    text = SHORT.replace('["https', '["POST https')
    assert load_portal(write(tmp_path, text)).lists == ("POST https://www.linjiang.example.cn/nb/",)
    assert portal_faults(tmp_path) == []
    with pytest.raises(PortalFileError, match="no http or https address"):
        load_portal(write(tmp_path, text.replace("POST", "PUT")))


def test_what_a_visit_found_is_written_down(tmp_path: Path) -> None:
    path = write(tmp_path, SHORT + 'checked = "never"\n# why\n\n[connect]\n"a.cn" = "127.0.0.1:1"\n')
    finding = '2026-11-22: 3 reports; its lists say "共5条"'
    save_checked(path, finding)
    assert load_portal(path).checked == finding
    assert load_portal(path).connect == {"a.cn": "127.0.0.1:1"}
    assert "# why" in path.read_text(encoding="utf-8")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 8


@pytest.mark.parametrize("rest", ["", '\n[connect]\n"a.cn" = "127.0.0.1:1"\n'])
def test_what_a_visit_found_is_written_into_a_file_that_says_nothing_of_it(tmp_path: Path, rest: str) -> None:
    path = write(tmp_path, SHORT + rest)
    save_checked(path, "2026-11-22: 3 reports")
    assert load_portal(path).checked == "2026-11-22: 3 reports"


# --- the register of real portals ---------------------------------------------------------------------------------------


def test_the_register_is_right_and_says_where_each_address_was_seen() -> None:
    register = Path(__file__).parents[2] / "deployments" / "register"
    assert portal_faults(register) == []
    portals = load_portals(register)
    assert len(portals) >= 30
    assert len({portal.region[:2] for portal in portals}) >= 15, "provinces"
    assert all(portal.seen and portal.checked for portal in portals)
