"""Does an answer leave at once, and is a taken address told before anything is announced?"""

from __future__ import annotations

import asyncio
from socket import IPPROTO_TCP, TCP_NODELAY, socket

import pytest

from fiador.dashboard.sockets import listening
from fiador.errors import ServiceError


def test_an_answer_waits_for_no_acknowledgement_of_the_packet_before_it() -> None:
    """Nagle's algorithm holds the second packet of an answer back until the first is acknowledged: 40 ms on Linux."""
    assert asyncio.run(_nodelay_of_a_connection_to(listening("127.0.0.1", 0))) != 0


async def _nodelay_of_a_connection_to(bound: socket) -> int:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.set_result(writer.get_extra_info("socket").getsockopt(IPPROTO_TCP, TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(connected, sock=bound)
    async with server:
        _, writer = await asyncio.open_connection(*bound.getsockname())
        found = await told
        writer.close()
    return found


def test_a_taken_address_is_told_with_what_to_do() -> None:
    with listening("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=rf"can't listen on 127.0.0.1:{port} .* Name another --port"):
            listening("127.0.0.1", port)
    with pytest.raises(
        ServiceError, match=r"can't listen on 192.0.2.1:8000 .* Name an address of this machine for --host"
    ):
        listening("192.0.2.1", 8000)
