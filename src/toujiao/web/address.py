"""Which address the page is reached at, whether a port is free, and the QR code of an address."""

from __future__ import annotations

import errno
import ipaddress
import socket

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.web.texts import text

# Never contacted: connecting a UDP socket only asks the system which of its addresses it would use.
_ANYWHERE = ("192.0.2.1", 9)


def check_free(host: str, port: int) -> None:
    """Raise ToujiaoError unless the program can listen there."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: a port that was just left is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except PermissionError as error:
        raise ToujiaoError(text("port_forbidden", port=port)) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            raise ToujiaoError(text("port_busy", port=port, other=other)) from error
        reason = error.strerror or str(error)
        raise ToujiaoError(text("host_unknown", host=host, reason=reason)) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the page."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_url(host: str, port: int) -> str:
    """The address to open on this machine."""
    return _url("127.0.0.1" if _is_any(host) else host, port)


def network_url(host: str, port: int) -> str | None:
    """The address for other devices; None when only this machine can reach the page."""
    if is_loopback(host):
        return None
    return _url(_network_address() if _is_any(host) else host, port)


def qr_svg(content: str) -> str:
    """A QR code as an inline SVG picture: dark on white, with its quiet zone."""
    try:
        import qrcode
    except ImportError as error:
        raise missing_extra("qrcode", "web") from error
    code = qrcode.QRCode(border=4)
    code.add_data(content)
    matrix = code.get_matrix()
    size = len(matrix)
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" '
        f'aria-label="{text("qr_title")}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{squares}" fill="#111"/></svg>'
    )


def _network_address() -> str:
    """This machine's address on its network, or its name when it has none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_ANYWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        return socket.gethostname()


def _is_any(host: str) -> bool:
    return host in ("", "0.0.0.0", "::")


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
