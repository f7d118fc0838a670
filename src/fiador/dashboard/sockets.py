"""On which socket does a server of ours listen? One bound before anything is announced, that holds nothing back."""

from __future__ import annotations

import errno
from socket import AF_INET, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

from fiador.errors import ServiceError


def listening(host: str, port: int) -> socket:
    """A socket on the address, port 0 for any free one; ServiceError where it is taken or not this machine's.

    >>> with listening("127.0.0.1", 0) as bound:
    ...     bound.getsockname()[0]
    '127.0.0.1'
    """
    # without its protocol a socket keeps Nagle's delay: 40 ms on every answer of a connection kept open
    bound = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)
    bound.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ServiceError(f"can't listen on {host}:{port} ({error.strerror}).", hint=_instead(error)) from None
    return bound


def _instead(error: OSError) -> str:
    taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
    return "Name another --port." if taken else "Name an address of this machine for --host."
