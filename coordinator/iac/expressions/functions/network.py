"""CIDR arithmetic."""

from __future__ import annotations

import ipaddress

from coordinator.iac.expressions.functions.registry import FunctionError, function
from coordinator.iac.expressions.functions.strings import whole
from coordinator.iac.expressions.types import NUMBER, STRING, list_of
from coordinator.iac.expressions.values import Value, list_value, string

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: Value) -> _Network:
    try:
        address, _, prefix = text.raw.partition("/")
        # Go accepts leading zeros in the octets of a prefix for compatibility; Python does not.
        if "." in address and ":" not in address:
            address = ".".join(str(int(part, 10)) for part in address.split("."))
        return ipaddress.ip_network(f"{address}/{prefix or '?'}", strict=False)
    except ValueError:
        raise FunctionError("invalid CIDR address") from None


def _subnet(network: _Network, new_bits: int, position: int) -> _Network:
    length = network.prefixlen + new_bits
    if new_bits < 0 or length > network.max_prefixlen:
        raise FunctionError(f"insufficient address space to extend prefix of {network.prefixlen} by {new_bits}")
    if not 0 <= position < 1 << new_bits:
        raise FunctionError(f"prefix extension of {new_bits} does not accommodate a subnet numbered {position}")
    start = int(network.network_address) + (position << (network.max_prefixlen - length))
    return type(network)((start, length))


@function("cidrsubnet", STRING, NUMBER, NUMBER, returns=STRING)
def _cidrsubnet(prefix: Value, new_bits: Value, number: Value) -> Value:
    return string(str(_subnet(_network(prefix), whole(new_bits), whole(number))))


@function("cidrhost", STRING, NUMBER, returns=STRING)
def _cidrhost(prefix: Value, number: Value) -> Value:
    network = _network(prefix)
    position = whole(number)
    size = network.num_addresses
    if not -size <= position < size:
        raise FunctionError(f"prefix of {network.prefixlen} does not accommodate a host numbered {position}")
    base = int(network.network_address)
    return string(str(type(network.network_address)(base + (position if position >= 0 else size + position))))


@function("cidrnetmask", STRING, returns=STRING)
def _cidrnetmask(prefix: Value) -> Value:
    network = _network(prefix)
    if network.version != 4:  # noqa: PLR2004  # IP version
        raise FunctionError("IPv6 addresses cannot have a netmask")
    return string(str(network.netmask))


@function("cidrsubnets", STRING, variadic=NUMBER, returns=list_of(STRING))
def _cidrsubnets(prefix: Value, *new_bits: Value) -> Value:
    network = _network(prefix)
    position = int(network.network_address)
    end = position + network.num_addresses
    subnets: list[Value] = []
    for bits in new_bits:
        length = network.prefixlen + whole(bits)
        if whole(bits) < 1 or length > network.max_prefixlen:
            raise FunctionError("must extend prefix by at least one bit, and within the address size")
        size = 1 << (network.max_prefixlen - length)
        position = -(-position // size) * size
        if position + size > end:
            raise FunctionError(f"not enough remaining address space for a subnet with a prefix of {length} bits")
        subnets.append(string(str(type(network)((position, length)))))
        position += size
    return list_value(STRING, subnets)
