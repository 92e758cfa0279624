"""Which network addresses a portal's requests may reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from parsers.records import Portal
from parsers.verdicts import UnsafeUrl

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]  # host, port -> addresses as text

# Public by the registers, yet a cloud's own metadata service: Azure's.
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
# IPv6 networks that carry an IPv4 address: NAT64 (RFC 6052) and 6to4 (RFC 3056), with the place of the address in bits.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether the address lies on the public internet, whatever way it is written."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast and ip not in METADATA


def _unwrapped(ip: IPAddress) -> IPAddress:
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip.teredo is not None:
            return ip.teredo[1]
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


@dataclass(frozen=True)
class Target:
    """Where a connection goes: addresses that were checked, in the order in which they are tried."""

    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class Gate:
    """The network as one portal file allows it. Two portals with equal settings share a gate.

    `allow_hosts` holds host names, addresses, either with a port, or networks ("127.0.0.1", "127.0.0.1:8080",
    "10.20.0.0/16", "intranet.example").
    `connect` maps a host (or "host:port") to the "address:port" that is connected to in its place; who writes that into
    a portal file allows the address.
    """

    allow_hosts: tuple[str, ...]
    connect: tuple[tuple[str, str], ...]
    resolver: Resolver = field(compare=True)

    @classmethod
    def of(cls, portal: Portal, resolver: Resolver) -> Gate:
        return cls(
            tuple(sorted(host.lower() for host in portal.allow_hosts)),
            tuple(sorted((host.lower(), address) for host, address in portal.connect.items())),
            resolver,
        )

    def target(self, host: str, port: int) -> Target:
        """Addresses for `host:port`. Raises UnsafeUrl when none may be reached, OSError when the name is not found."""
        host = host.strip("[]").lower()
        connect = dict(self.connect)
        given = connect.get(f"{host}:{port}") or connect.get(host)
        if given is not None:
            name, port = split_address(given, port)
            return Target(tuple(self.resolver(name, port)), port)
        addresses = self.resolver(host, port)
        allowed = tuple(address for address in addresses if is_public(address) or self._allows(host, address, port))
        if not allowed:
            raise UnsafeUrl(
                f"{host} is at {', '.join(addresses)}, on a network that is not public; "
                f"a portal that really lives there names it in allow_hosts"
            )
        return Target(allowed, port)

    def _allows(self, host: str, address: str, port: int) -> bool:
        names = {
            host,
            f"{host}:{port}",
            f"[{host}]",
            f"[{host}]:{port}",
            address,
            f"{address}:{port}",
            f"[{address}]:{port}",
        }
        return any(entry in names or _in_network(address, entry) for entry in self.allow_hosts)


def split_address(text: str, port: int) -> tuple[str, int]:
    """Host and port of "host:port", "[v6]:port", or a host alone, which gets `port`. Raises ValueError for a bad port."""
    host, colon, number = text.rpartition(":")
    if not colon or text.endswith("]") or (":" in host and not host.startswith("[")):
        return text.strip("[]"), port
    return host.strip("[]"), int(number)


def _in_network(address: str, entry: str) -> bool:
    if "/" not in entry:
        return False
    try:
        return ipaddress.ip_address(address.partition("%")[0]) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
