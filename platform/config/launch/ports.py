"""Which port a server gets."""

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nothing listens on that port of the loopback, in IPv4 or IPv6 (browsers try both for localhost)."""
    return _can_bind(socket.AF_INET, LOOPBACK, port) and (not _has_ipv6() or _can_bind(socket.AF_INET6, "::1", port))


def free_port() -> int:
    """A port that is free at this moment; whoever binds it must be ready to lose the race and ask again."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def choose_port(wanted: int) -> tuple[int, str]:
    """The wanted port, or a free one when it is taken, and what to tell the person ("" when as wanted)."""
    if is_free(wanted):
        return wanted, ""
    # A neighbour first: it is likely to be the same again next time.
    port = next((near for near in range(wanted + 1, wanted + 10) if is_free(near)), 0) or free_port()
    return port, f"port {wanted} is busy, so {port} is used"


def _can_bind(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _has_ipv6() -> bool:
    return socket.has_ipv6 and _can_bind(socket.AF_INET6, "::1", 0)
