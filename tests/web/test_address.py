"""Addresses, ports and the QR code."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest
import qrcode

from toujiao.errors import ToujiaoError
from toujiao.web.address import check_free, is_loopback, network_url, own_url, qr_svg


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_named_with_a_way_out(busy_port: int) -> None:
    with pytest.raises(ToujiaoError, match=rf"端口 {busy_port} .*--port"):
        check_free("127.0.0.1", busy_port)


def test_a_free_port() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    check_free("127.0.0.1", port)
    check_free("localhost", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.77"])
def test_an_address_that_is_not_ours(host: str) -> None:
    with pytest.raises(ToujiaoError, match=f"不能在地址 {host}"):
        check_free(host, 17860)


def test_a_port_that_needs_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(ToujiaoError, match="没有权限使用端口 80"):
        check_free("127.0.0.1", 80)


def test_the_command_ends_with_one_line(busy_port: int) -> None:
    command = [sys.executable, "-m", "toujiao", "web", "--no-open", "--port", str(busy_port)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(rf"错误：端口 {busy_port} .*\n", done.stderr)


@pytest.mark.parametrize(
    ("host", "own", "others"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860", None),
        ("localhost", "http://localhost:7860", None),
        ("::1", "http://[::1]:7860", None),
        ("192.168.1.5", "http://192.168.1.5:7860", "http://192.168.1.5:7860"),
        ("fd00::5", "http://[fd00::5]:7860", "http://[fd00::5]:7860"),
    ],
)
def test_addresses(host: str, own: str, others: str | None) -> None:
    assert own_url(host, 7860) == own
    assert network_url(host, 7860) == others
    assert is_loopback(host) is (others is None)


def test_listening_everywhere_names_a_real_address() -> None:
    assert own_url("0.0.0.0", 7860) == "http://127.0.0.1:7860"
    others = network_url("0.0.0.0", 7860)
    assert others
    assert "0.0.0.0" not in others


def test_a_machine_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert network_url("0.0.0.0", 7860) == f"http://{socket.gethostname()}:7860"


def test_the_qr_code_holds_the_address() -> None:
    svg = ElementTree.fromstring(qr_svg("http://192.168.1.5:7860"))
    path = next(part for part in svg if part.tag.endswith("path")).get("d")
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path or "")}
    code = qrcode.QRCode(border=4)
    code.add_data("http://192.168.1.5:7860")
    expected = code.get_matrix()
    assert dark == {(x, y) for y, row in enumerate(expected) for x, on in enumerate(row) if on}
    assert svg.get("viewBox") == f"0 0 {len(expected)} {len(expected)}"


def test_qrcode_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qrcode", None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[web\]"):
        qr_svg("http://192.168.1.5:7860")
