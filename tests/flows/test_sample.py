"""The sample portal is what its table of contents says: its figures, its lists, its faults, the same bytes every time."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from flows.sample import SamplePage, SampleServer, sample_pages, start_sample
from flows.sample.content import sample_columns
from flows.sample.forms import Form
from flows.sample.pages import page_html
from tests.rendering.identities import broken_identities

PAGES = {page.id: page for page in sample_pages()}
REPORTS = [page for page in PAGES.values() if page.figures]
FOLLOWING = [
    (before, page) for before in REPORTS for page in REPORTS if (before.body, before.year + 1) == (page.body, page.year)
]


class Client:
    """One keep-alive connection to the sample, as the server's hosts see it."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=10)

    def get(self, url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._connection.request("GET", target or "/", headers={"Host": parts.netloc, **headers})
        response = self._connection.getresponse()
        return response.status, response.read(), dict(response.headers)


@pytest.fixture
def sample() -> Iterator[SampleServer]:
    with start_sample() as server:
        yield server


@pytest.fixture
def client(sample: SampleServer) -> Client:
    return Client(sample.address)


def listed_urls(client: Client, sample: SampleServer) -> list[str]:
    """Every document that the list pages link to, found as a person would: page by page until there is no next."""
    urls: list[str] = []
    for column, portal in zip(sample_columns(), sample.portals, strict=True):
        first = portal.lists[0]
        for number in range(len(column.list_pages())):
            if column.site == "b":
                address = f"{first}?page={number + 1}"
            else:
                address = first if number == 0 else urljoin(first, f"index_{number}.html")
            status, body, _ = client.get(address)
            assert status == 200
            entries = html.fromstring(body.decode()).xpath("//*[@class='list']//a/@href")
            urls += [urljoin(address, entry) for entry in entries]
    return urls


def test_lists_lead_to_every_page_once(sample: SampleServer, client: Client) -> None:
    assert Counter(listed_urls(client, sample)) == Counter(page.url for page in sample.pages)


def test_static_list_names_its_pages_in_the_script_alone(sample: SampleServer, client: Client) -> None:
    first = sample.portals[0].lists[0]
    for number, address in enumerate((first, urljoin(first, "index_1.html"), urljoin(first, "index_2.html"))):
        body = client.get(address)[1].decode()
        assert f'createPageHTML(3, {number}, "index", "html")' in body
        assert not [link for link in html.fromstring(body).xpath("//a/@href") if "index_" in link]


def test_paged_list_says_how_many_there_are(sample: SampleServer, client: Client) -> None:
    body = client.get(sample.portals[3].lists[0])[1].decode()
    assert "共12条 第1/3页" in body
    assert html.fromstring(body).xpath("//a[text()='下一页']/@href") == ["?page=2"]


def test_sample_holds_what_was_promised() -> None:
    assert len(REPORTS) >= 44
    assert {page.year for page in REPORTS} == {2017, 2019, 2021, 2023, 2024}
    assert len({page.adcode[:2] for page in REPORTS}) >= 5
    assert sum(page.real for page in REPORTS) == 5
    assert len(FOLLOWING) == 5
    assert {page.fault for page in PAGES.values()} == {"", "dead", "busy", "down"}
    assert {page.dress for page in PAGES.values()} == {"plain", "word", "split", "layout"}
    assert len({page.url for page in PAGES.values()}) == len(PAGES)


@pytest.mark.parametrize("page", REPORTS, ids=lambda page: page.id)
def test_identities_hold_except_where_one_is_planted(page: SamplePage) -> None:
    assert page.figures
    broken = broken_identities(page.figures)
    assert bool(broken) == page.planted, broken


@pytest.mark.parametrize("page", REPORTS, ids=lambda page: page.id)
def test_page_prints_its_figures_in_the_order_of_the_form(page: SamplePage) -> None:
    """Read back without our reader: the cells of the innermost tables, in document order, are the cells of the forms."""
    assert page.figures
    column = next(column for column in sample_columns() if column.name == page.portal)
    tables = html.fromstring(page_html(page, column)).xpath("//table[@border]")
    cells = [[cell.text_content().replace("\xa0", "").strip() for cell in table.iter("td")] for table in tables]
    if page.script == "traditional":
        assert [text for text in cells[0] if text.isdigit()] == [
            text for form in page.figures.forms() for text in _digits(form)
        ]
    else:
        assert cells == [[cell.text.replace("\n", "") for cell in form.cells()] for form in page.figures.forms()]


def _digits(form: Form) -> list[str]:
    return [cell.text for cell in form.cells() if cell.text.isdigit()]


@pytest.mark.parametrize(("before", "page"), FOLLOWING, ids=lambda page: page.id)
def test_years_of_one_body_follow_from_each_other(before: SamplePage, page: SamplePage) -> None:
    assert page.figures
    assert before.figures
    for (table, item, column), value in page.figures.values.items():
        if (table, item) == ("applications", "carried_in"):
            assert value == before.figures.values[table, "carried_out", column]
    documents = [
        page.figures.values["disclosure", "normative_documents", name] for name in ("in_force", "issued", "repealed")
    ]
    in_force, issued, repealed = (number or 0 for number in documents)
    assert in_force == (before.figures.values["disclosure", "normative_documents", "in_force"] or 0) + issued - repealed


def test_synthetic_pages_say_so_and_real_figures_too() -> None:
    for column in sample_columns():
        for page in column.pages:
            text = page_html(page, column)
            assert ("示例页面" in text or "示例頁麵" in text) if page.real else "示例数据,非真实报告" in text
            assert f'name="nianbao-sample" content="{"real-figures" if page.real else "synthetic"}"' in text


def test_dead_and_down_pages_work_once_mended(sample: SampleServer, client: Client) -> None:
    dead, down = PAGES["taibai-2023"], PAGES["chunan-2023"]
    assert [client.get(page.url)[0] for page in (dead, down, down, down, down)] == [404, 503, 503, 503, 503]
    sample.mend()
    assert [client.get(page.url)[0] for page in (dead, down)] == [200, 200]


def test_busy_page_answers_503_twice_on_each_server() -> None:
    busy = PAGES["lufeng-2023"]
    for _ in range(2):
        with start_sample() as server:
            client = Client(server.address)
            assert [client.get(busy.url)[0] for _ in range(4)] == [503, 503, 200, 200]
            assert [asked.status for asked in server.requests] == [503, 503, 200, 200]


def test_unchanged_page_is_answered_304_without_a_body(client: Client) -> None:
    url = PAGES["chongxin-2024"].url
    status, body, headers = client.get(url)
    assert (status, bool(body)) == (200, True)
    status, body, again = client.get(url, **{"If-None-Match": headers["ETag"]})
    assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    assert client.get(url, **{"If-None-Match": '"another"'})[0] == 200


def test_two_servers_send_the_same_bytes() -> None:
    answers = []
    for _ in range(2):
        with start_sample(mended=True) as server:
            client = Client(server.address)
            urls = [*(page.url for page in server.pages), *(portal.lists[0] for portal in server.portals)]
            answers.append([client.get(url)[1:] for url in urls])
    assert answers[0] == answers[1]


def test_gbk_page_declares_gb2312_and_holds_more(client: Client) -> None:
    page = PAGES["miluo-2019"]
    status, body, headers = client.get(page.url)
    assert (status, headers["Content-Type"]) == (200, "text/html")
    assert b'<meta charset="gb2312">' in body
    assert "赵喆" in body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        body.decode("gb2312")


def test_picture_page_holds_a_png_and_no_table(client: Client) -> None:
    page = PAGES["miluo-2023"]
    _, body, _ = client.get(page.url)
    tree = html.fromstring(body.decode())
    assert not tree.xpath("//table")
    status, picture, headers = client.get(urljoin(page.url, tree.xpath("//img/@src")[0]))
    assert (status, headers["Content-Type"], picture[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")


def test_list_past_the_end_is_empty_on_site_b_and_404_on_site_a(sample: SampleServer, client: Client) -> None:
    static, paged = sample.portals[0].lists[0], sample.portals[3].lists[0]
    assert client.get(urljoin(static, "index_9.html"))[0] == 404
    for query in ("9", "0", "9" * 12):
        status, body, _ = client.get(f"{paged}?page={query}")
        assert status == 200
        assert (query == "9" * 12) == bool(html.fromstring(body.decode()).xpath("//dl"))


def test_unknown_host_is_told_where_it_is(client: Client) -> None:
    status, body, _ = client.get("http://elsewhere.example/")
    assert status == 404
    assert b"xxgk.shili-a.example" in body


def test_command_writes_portal_files_and_serves_until_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "portals"
    command = [sys.executable, "-u", "-m", "flows.sample", "--write-portals", str(folder), "--mended"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().split()[-1]
            for _ in sample_columns():
                process.stdout.readline()
            assert Client(address).get(PAGES["taibai-2023"].url)[0] == 200
        finally:
            process.terminate()
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.toml")}
    assert set(files) == {column.name for column in sample_columns()}
    baoji = files["shili-a-baoji"]
    assert baoji["lists"] == ["http://xxgk.shili-a.example/bj/zfxxgknb/index.html"]
    assert baoji["connect"] == {"xxgk.shili-a.example": address}
    assert (baoji["pace"], baoji["region"]) == (0, "610300")
