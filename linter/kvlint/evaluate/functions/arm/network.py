"""Functions of network addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from kvlint.evaluate.functions.arguments import Wrong, plain
from kvlint.evaluate.functions.arm.common import text, whole
from kvlint.evaluate.scope import Function
from kvlint.evaluate.values import MapValue, Scalar, Value

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(written: str) -> Network:
    if "/" not in written:
        raise Wrong("it is not a network")
    try:
        return ipaddress.ip_network(written, strict=False)
    except ValueError:
        raise Wrong("it is not a network") from None


def _parse(written: str) -> Value:
    network = _network(written)
    first, last = int(network.network_address), int(network.broadcast_address)
    make = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    entries: dict[str, Value] = {
        "network": Scalar(str(network.network_address)),
        "netmask": Scalar(str(network.netmask)),
    }
    if network.version == 4:
        entries["broadcast"] = Scalar(str(network.broadcast_address))
        if network.num_addresses > 2:
            first, last = first + 1, last - 1
    entries["firstUsable"] = Scalar(str(make(first)))
    entries["lastUsable"] = Scalar(str(make(last)))
    entries["cidr"] = Scalar(network.prefixlen)
    return MapValue(entries)


def _subnet(written: str, length: int, index: int) -> str:
    network = _network(written)
    if not network.prefixlen <= length <= network.max_prefixlen:
        raise Wrong("the network has no subnets of this size")
    if not 0 <= index < 1 << (length - network.prefixlen):
        raise Wrong("the network has no such subnet")
    start = int(network.network_address) + (index << (network.max_prefixlen - length))
    make = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
    return str(make((start, length)))


def _host(written: str, index: int) -> str:
    """Counted from the first usable address on."""
    network = _network(written)
    if not 0 <= index < network.num_addresses - 1:
        raise Wrong("the network has no such host")
    return str(network[index + 1])


NETWORK: Mapping[str, Function] = {
    "cidrhost": plain(_host, text, whole),
    "cidrsubnet": plain(_subnet, text, whole, whole),
    "parsecidr": plain(_parse, text),
}
