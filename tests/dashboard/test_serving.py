"""Is the dashboard served as its options say, at once, and is a taken port told?"""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from socket import socket

import httpx
import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from fiador.dashboard import command, environment
from fiador.look import LIGHT


@pytest.fixture(scope="module")
def dashboard(service_url: str) -> Iterator[int]:
    """The port of a dashboard that runs as a process of its own."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(command(service_url, port), env=environment(service_url), stderr=subprocess.PIPE)
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/_stcore/health", trust_env=False).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield port
    process.terminate()
    assert process.communicate(timeout=30)[1] == b""


async def _run(port: int) -> list[ForwardMsg]:
    """All messages of one run of the page, as a browser gets them."""
    told = []
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as page:  # type: ignore[list-item]
        asked = BackMsg()
        asked.rerun_script.query_string = "language=en&application=00000077-7"
        await page.send(asked.SerializeToString())
        while not told or told[-1].WhichOneof("type") != "script_finished":
            told.append(ForwardMsg.FromString(await page.recv()))
    return told


def test_the_page_arrives_in_our_colours_and_whole(dashboard: int) -> None:
    told = asyncio.run(_run(dashboard))
    (session,) = [each.new_session for each in told if each.WhichOneof("type") == "new_session"]
    assert session.custom_theme.light.primary_color == LIGHT.accent
    assert session.custom_theme.show_widget_border
    assert not session.config.gather_usage_stats
    bodies = [each.delta.new_element.html.body for each in told if each.delta.new_element.html.body]
    assert any("f-verdict f-decline" in body for body in bodies)
    assert "f-foot" in bodies[-1]


def test_a_taken_port_is_told(dashboard: int) -> None:
    found = subprocess.run(
        command("http://127.0.0.1:1", dashboard), check=False, capture_output=True, text=True, timeout=60
    )
    assert found.returncode == 9
    assert (
        found.stderr == f"error: can't listen on 127.0.0.1:{dashboard} (Address already in use). Name another --port.\n"
    )
