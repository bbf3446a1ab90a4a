"""Functions of network addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from kvlint.evaluate.functions.arguments import NotKnown, Result, Wrong, plain, text, whole
from kvlint.evaluate.scope import Function

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(prefix: str) -> Network:
    address, slash, size = prefix.partition("/")
    if not slash or not size.isdigit():
        raise Wrong("it is not a network")
    if any(len(part) > 1 and part.startswith("0") for part in address.split(".")) and ":" not in address:
        raise NotKnown("versions of Terraform differ for leading zeros")
    try:
        return ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        raise Wrong("it is not a network") from None


def _cidrhost(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise Wrong("the network has no such host")
    return str(network[number])


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version == 6:
        raise Wrong("there are no netmasks in IPv6")
    return str(network.netmask)


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    return str(_subnet(_network(prefix), bits, number))


def _subnet(network: Network, bits: int, number: int) -> Network:
    length = network.prefixlen + bits
    if bits < 0:
        raise NotKnown("the number of bits is negative")
    if length > network.max_prefixlen or not 0 <= number < 2**bits:
        raise Wrong("the network has no such subnet")
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return (
        ipaddress.ip_network((start, length))
        if network.version == 4
        else ipaddress.IPv6Network((start, length))
    )


def _cidrsubnets(prefix: str, *bits: int) -> Result:
    network = _network(prefix)
    found: list[str] = []
    place = int(network.network_address)
    end = int(network.broadcast_address) + 1
    for more in bits:
        length = network.prefixlen + more
        if more < 1 or length > network.max_prefixlen:
            raise Wrong("the network has no such subnet")
        size = 1 << (network.max_prefixlen - length)
        place = -(-place // size) * size
        if place + size > end:
            raise Wrong("the network is full")
        make = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
        found.append(str(make((place, length))))
        place += size
    return found


NETWORK: Mapping[str, Function] = {
    "cidrhost": plain(_cidrhost, text, whole),
    "cidrnetmask": plain(_cidrnetmask, text),
    "cidrsubnet": plain(_cidrsubnet, text, whole, whole),
    "cidrsubnets": plain(_cidrsubnets, text, more=whole),
}
