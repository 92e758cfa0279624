"""No request reaches an address that the portal file does not allow, by whichever way it is led there; and TLS per portal."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parsers.records import Portal
from parsers.verdicts import Blocked, ConnectionFailed, UnsafeUrl
from tasks.http import Client
from tests.portal_server import Server, page, redirect

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.add("/secret.html", page("secret"))
        yield server


def portal(**settings: object) -> Portal:
    return Portal("qinghe", "130534", ("http://www.qinghe.example.cn/",), **{"pace": 0.0, **settings})  # type: ignore[arg-type]


class Names:
    """A resolver that answers each question with the next list of addresses, the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def test_loopback_is_refused_before_anything_is_sent(server: Server) -> None:
    with pytest.raises(UnsafeUrl, match="not public"):
        Client().fetch(f"http://127.0.0.1:{server.port}/secret.html", portal=portal())
    assert server.seen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "0.0.0.0"])
def test_loopback_in_every_spelling(server: Server, host: str) -> None:
    with pytest.raises((UnsafeUrl, ConnectionFailed)):
        Client().fetch(f"http://{host}:{server.port}/secret.html", portal=portal())
    assert server.seen == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.100.100.200", "::1", "fd00::1"]
)
def test_a_name_that_leads_to_a_private_address(server: Server, address: str) -> None:
    with pytest.raises(UnsafeUrl):
        Client(resolver=Names([address])).fetch(f"http://www.qinghe.example.cn:{server.port}/secret.html", portal=portal())
    assert server.seen == []


def test_a_name_that_changes_between_check_and_connection(server: Server) -> None:
    """DNS rebinding: the first answer is public, the next is ours. Only the checked address is ever connected to."""
    names = Names(["127.0.0.1"])
    client = Client(resolver=names, connect_timeout=0.5, obey_robots=False)
    with pytest.raises(UnsafeUrl):
        client.fetch(f"http://rebind.example:{server.port}/secret.html", portal=portal())
    names = Names(["192.0.2.1", "203.0.113.9"], ["127.0.0.1"])  # documentation networks: not public either
    with pytest.raises(UnsafeUrl):
        Client(resolver=names, obey_robots=False).fetch(f"http://rebind.example:{server.port}/secret.html", portal=portal())
    assert names.asked == 1
    assert server.seen == []


def test_one_question_a_connection_and_the_answer_is_what_is_used(server: Server) -> None:
    names = Names(["127.0.0.1"], ["192.0.2.1"])
    client = Client(resolver=names, obey_robots=False)
    allowed = portal(allow_hosts=("127.0.0.1",))
    assert client.fetch(f"http://rebind.example:{server.port}/secret.html", portal=allowed).body == b"secret"
    assert names.asked == 1


def test_of_several_addresses_only_the_allowed_are_used(server: Server) -> None:
    client = Client(resolver=Names(["10.0.0.1", "127.0.0.1"]), connect_timeout=0.5)
    allowed = portal(allow_hosts=("127.0.0.1",))
    assert client.fetch(f"http://mixed.example:{server.port}/secret.html", portal=allowed).body == b"secret"


@pytest.mark.parametrize(
    "entry", ["127.0.0.1", "127.0.0.1:{port}", "127.0.0.0/8", "inside.example", "inside.example:{port}"]
)
def test_the_portal_file_may_allow_a_host(server: Server, entry: str) -> None:
    client = Client(resolver=Names(["127.0.0.1"]))
    allowed = portal(allow_hosts=(entry.format(port=server.port),))
    assert client.fetch(f"http://inside.example:{server.port}/secret.html", portal=allowed).status == 200


@pytest.mark.parametrize("entry", ["127.0.0.1:1", "10.0.0.0/8", "other.example", "127.0.0", "inside.example:1"])
def test_and_allows_no_other(server: Server, entry: str) -> None:
    client = Client(resolver=Names(["127.0.0.1"]))
    with pytest.raises(UnsafeUrl):
        client.fetch(f"http://inside.example:{server.port}/secret.html", portal=portal(allow_hosts=(entry,)))
    assert server.seen == []


def test_an_open_connection_of_one_portal_is_no_way_in_for_another(server: Server) -> None:
    client = Client(resolver=Names(["127.0.0.1"]))
    url = f"http://inside.example:{server.port}/secret.html"
    assert client.fetch(url, portal=portal(allow_hosts=("127.0.0.1",))).status == 200
    with pytest.raises(UnsafeUrl):
        client.fetch(url, portal=portal())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/secret.html",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:{port}/secret.html",
        "http://[::ffff:127.0.0.1]:{port}/secret.html",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1:70/_x",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_no_redirect_leads_inside(server: Server, target: str) -> None:
    url = server.add("/t1.html", redirect(target.format(port=server.port)))
    with pytest.raises(UnsafeUrl):
        Client(connect_timeout=0.5).fetch(url, portal=server.portal())
    assert server.asked("/secret.html") == []


def test_robots_txt_that_redirects_inside_is_none(server: Server) -> None:
    server.add("/robots.txt", redirect(f"http://127.0.0.1:{server.port}/secret.html"))
    url = server.add("/t1.html", page())
    assert Client().fetch(url, portal=server.portal()).status == 200
    assert server.asked("/secret.html") == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://www.qinghe.example.cn/",
        "//www.qinghe.example.cn/",
        "",
        "http://",
        "http://a:b/",
        "http:///x",
    ],
)
def test_only_http_and_https(url: str) -> None:
    with pytest.raises(UnsafeUrl):
        Client().fetch(url, portal=portal())


def test_no_password_is_sent_or_recorded(server: Server) -> None:
    server.add("/t1.html", page())
    response = Client().fetch(f"http://user:geheim@{server.host}/t1.html", portal=server.portal())
    assert "geheim" not in repr(response)
    assert "authorization" not in server.asked()[0].headers


def test_connect_keeps_the_host_and_the_address_on_record(server: Server) -> None:
    url = server.add("/t1.html", page())
    response = Client().fetch(url, portal=server.portal())
    assert response.final_url == "http://www.qinghe.example.cn/t1.html"
    assert server.asked()[0].host == "www.qinghe.example.cn"
    assert ("Host", "www.qinghe.example.cn") in response.request_headers


def test_connect_may_name_a_port_of_the_address(server: Server) -> None:
    server.add("/t1.html", page())
    mapped = portal(connect={"www.qinghe.example.cn:8080": server.address})
    assert Client().fetch("http://www.qinghe.example.cn:8080/t1.html", portal=mapped).status == 200
    with pytest.raises((UnsafeUrl, ConnectionFailed)):
        Client(resolver=Names(["127.0.0.1"])).fetch("http://www.qinghe.example.cn/t1.html", portal=mapped)


# --- TLS ----------------------------------------------------------------------------------------------------------------


def server_context(
    folder: Path, name: str = "www.qinghe.example.cn", *, expired: bool = False, old: bool = False
) -> ssl.SSLContext:
    """TLS with a self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=30))
        .not_valid_after(now + datetime.timedelta(days=-1 if expired else 30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(pem)
    return context


@pytest.mark.parametrize(
    ("expired", "name"), [(False, "www.qinghe.example.cn"), (True, "www.qinghe.example.cn"), (False, "other.example")]
)
def test_certificates_are_checked_unless_the_portal_file_says_otherwise(tmp_path: Path, expired: bool, name: str) -> None:
    with Server(tls=server_context(tmp_path, name, expired=expired)) as server:
        url = server.add("/t1.html", page("secret"))
        for tls in ("verify", "legacy"):
            with pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"):
                Client().fetch(url, portal=server.portal(tls=tls))
        assert server.seen == []
        client = Client()
        assert client.fetch(url, portal=server.portal(tls="insecure")).body == b"secret"
        with pytest.raises(ConnectionFailed):  # the open connection of the other portal is not shared
            client.fetch(url, portal=server.portal(tls="verify"))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_only_where_the_portal_file_allows_it(tmp_path: Path) -> None:
    with Server(tls=server_context(tmp_path, old=True)) as server:
        url = server.add("/t1.html", page())
        with pytest.raises(ConnectionFailed, match=r"(?i)protocol|version|handshake"):
            Client().fetch(url, portal=server.portal())
        with pytest.raises(
            ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"
        ):  # so far it came: the old handshake was taken
            Client().fetch(url, portal=server.portal(tls="legacy"))
        client = Client()
        assert client.fetch(url, portal=server.portal(tls="insecure")).status == 200
        with pytest.raises(ConnectionFailed, match=r"(?i)protocol|version|handshake"):  # nothing rubs off on another portal
            client.fetch(url, portal=server.portal())


def test_the_deadline_holds_under_tls(tmp_path: Path) -> None:
    from parsers.verdicts import Timeout
    from tests.portal_server import drip

    with Server(tls=server_context(tmp_path)) as server:
        url = server.add("/t1.html", drip(0.05))
        with pytest.raises(Timeout):
            Client(deadline=1.0).fetch(url, portal=server.portal(tls="insecure"))


def test_https_that_is_http(server: Server) -> None:
    with pytest.raises(ConnectionFailed):
        Client().fetch("https://www.qinghe.example.cn/t1.html", portal=server.portal())


def test_a_redirect_from_https_to_a_wall_is_no_crash(tmp_path: Path) -> None:
    with Server(tls=server_context(tmp_path)) as server:
        url = server.add("/t1.html", redirect("/t1.html", Set_Cookie="a=1"))
        with pytest.raises(Blocked):
            Client().fetch(url, portal=server.portal(tls="insecure"))
