"""Which addresses are public, and how a portal file opens a way to others."""

from __future__ import annotations

import pytest

from parsers.records import Portal
from tasks.addresses import Gate, is_public, split_address


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "202.96.128.86", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "0.0.0.0",
        ),
        *("255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "168.63.129.16"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a00:1::1",
        ),
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("127.0.0.1", ("127.0.0.1", 80)),
        ("[::1]:8080", ("::1", 8080)),
        ("[::1]", ("::1", 80)),
        ("::1", ("::1", 80)),
        ("mirror.example:81", ("mirror.example", 81)),
    ],
)
def test_addresses_with_and_without_a_port(text: str, expected: tuple[str, int]) -> None:
    assert split_address(text, 80) == expected


def test_portals_with_equal_settings_share_a_gate() -> None:
    def resolver(host: str, port: int) -> list[str]:
        return [host]

    one = Portal("a", "130534", (), connect={"A.example": "127.0.0.1:1"}, allow_hosts=("B.example",))
    other = Portal("b", "130000", (), connect={"a.example": "127.0.0.1:1"}, allow_hosts=("b.example",))
    assert Gate.of(one, resolver) == Gate.of(other, resolver)
    assert Gate.of(one, resolver) != Gate.of(Portal("c", "130000", ()), resolver)
