"""Lists that go on by posting a form: page fields, ASP.NET's __doPostBack, searches with nothing filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from parsers.listing_entries import link_base
from parsers.listing_names import is_page_name
from parsers.listing_pager import LAST, NUMBER, ONWARD, pager_links
from parsers.listing_pages import MOST_PAGES
from parsers.listing_records import Request
from parsers.listing_titles import BODY, ONLY_YEAR
from parsers.urls import canonical_url, same_site

POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
# A site's own search box, on each of its pages; it finds the whole site and not this list.
SITE_SEARCH = re.compile(r"search|sousuo|jsearch|so\.|query_?all|login|register|mail|vote|comment|survey", re.IGNORECASE)

SUBMITS = re.compile(r"submit\s*\(|__doPostBack")
MOST_SELECTS, MOST_CHOICES = 4, 100  # of a page, and options of each

Fields = list[tuple[str, str]]


def form_pages(soup: BeautifulSoup, url: str, pages: int | None) -> list[Request]:
    """Further pages by a form of this page: those its pager's links post, or one for each page that the list states."""
    posted = _postbacks(soup, url)
    if posted:
        return posted
    for form in soup.find_all("form"):
        fields = _fields(form)
        name = next((name for name, _ in fields if is_page_name(name)), None)
        if name is None:
            continue
        current = next((int(value) for key, value in fields if key == name and value.isdecimal()), 1)
        if pages is not None and pages <= MOST_PAGES:
            first = 0 if current == 0 else 1
            numbers = [number for number in range(first, first + pages) if number != current]
        else:
            numbers = _numbers_shown(soup, current)
        requests = (_submit(form, url, _with(fields, name, str(number))) for number in numbers)
        return [request for request in requests if request is not None]
    return []


def search_form(soup: BeautifulSoup, url: str) -> Request | None:
    """A search whose results are the list, as its form stands; for pages that show nothing before one searches."""
    for form in soup.find_all("form"):
        fields = _fields(form)
        action = str(form.get("action") or "")
        if str(form.get("method") or "get").lower() != "post" and not any(is_page_name(name) for name, _ in fields):
            continue
        narrowing = [
            tag for tag in form.find_all(["input", "select"]) if tag.name == "select" or tag.get("type") == "hidden"
        ]
        if (
            narrowing
            and not SITE_SEARCH.search(urlsplit(action).path.rpartition("/")[2])
            and not form.find("input", type="password")
        ):
            return _submit(form, url, fields)
    return None


def chosen_lists(soup: BeautifulSoup, url: str) -> Iterator[tuple[str, Request]]:
    """The lists of years or bodies that a select of a form leads to when one is chosen: their names, and what is posted."""
    for select in soup.find_all("select", attrs={"name": True, "onchange": SUBMITS}, limit=MOST_SELECTS):
        form, name = select.find_parent("form") or soup.find("form"), str(select["name"])
        if not isinstance(form, Tag):
            continue
        postback = POSTBACK.search(str(select["onchange"]).replace("\\", ""))
        fields = _fields(form)
        if postback is not None:
            fields = _with(_with(fields, "__EVENTTARGET", postback[1]), "__EVENTARGUMENT", postback[2])
        for option in select.find_all("option", limit=MOST_CHOICES):
            title = " ".join(option.get_text().split())
            if option.has_attr("selected") or not (ONLY_YEAR.match(title) or BODY.match(title)):
                continue
            request = _submit(form, url, _with(fields, name, str(option.get("value", title))))
            if request is not None:
                yield title, request


def _postbacks(soup: BeautifulSoup, url: str) -> list[Request]:
    requests: dict[str, Request] = {}
    links = list(pager_links(soup))
    steps = any(ONWARD.match(text) for _, text in links)
    for tag, text in links:
        if steps and LAST.match(text):
            continue  # those before it come one by one; the last one would come from each of them anew
        code = POSTBACK.search(f"{tag.get('href') or ''} {tag.get('onclick') or ''}")
        form = tag.find_parent("form") or soup.find("form")
        if code is None or not isinstance(form, Tag):
            continue
        fields = _with(_with(_fields(form), "__EVENTTARGET", code[1]), "__EVENTARGUMENT", code[2])
        request = _submit(form, url, fields)
        if request is not None:
            requests.setdefault(f"{code[1]} {code[2]}", request)
    return list(requests.values())


def _numbers_shown(soup: BeautifulSoup, current: int) -> list[int]:
    """Page numbers that the pager shows; where it has only 下一页, the one after this."""
    shown = [NUMBER.match(text) for _, text in pager_links(soup)]
    numbers = sorted({int(match[1]) for match in shown if match is not None} - {current})
    return numbers or ([current + 1] if any(match is None for match in shown) else [])


def _fields(form: Tag) -> Fields:
    """Names and values as a browser would send them, buttons left out."""
    return list(_sent(form))


def _sent(form: Tag) -> Iterator[tuple[str, str]]:
    for tag in form.find_all(["input", "select", "textarea"]):
        name, kind = str(tag.get("name") or ""), str(tag.get("type") or "text").lower()
        if not name or tag.has_attr("disabled") or kind in ("submit", "button", "image", "reset", "file"):
            continue
        if kind in ("checkbox", "radio") and not tag.has_attr("checked"):
            continue
        if tag.name == "select":
            option = tag.find("option", selected=True) or tag.find("option")
            if isinstance(option, Tag):
                yield name, str(option.get("value", option.get_text(strip=True)))
        else:
            yield name, tag.get_text() if tag.name == "textarea" else str(tag.get("value") or "")


def _with(fields: Fields, name: str, value: str) -> Fields:
    return [*((key, old) for key, old in fields if key != name), (name, value)]


def _submit(form: Tag, url: str, fields: Fields) -> Request | None:
    try:
        address = canonical_url(str(form.get("action") or "") or url, link_base(list(form.parents)[-1], url))
    except ValueError:
        return None
    if not same_site(address, url):
        return None
    if str(form.get("method") or "get").lower() == "post":
        return Request(address, "POST", urlencode(fields))
    parts = urlsplit(address)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in dict(fields)]
    return Request(urlunsplit(parts._replace(query=urlencode(kept + fields))))
