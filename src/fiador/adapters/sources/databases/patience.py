"""How long is a server waited for that doesn't answer?"""

from __future__ import annotations

import threading
from collections.abc import Callable

_WAITING = "waits for a server"


def within(seconds: float, call: Callable[[], object]) -> None:
    """Make a call, and wait for it so long; what it raises is raised, TimeoutError where it takes longer.

    For drivers without a limit of their own. A call that takes longer is left to itself: see `still_waits`. To knock
    at the server first would save nothing, and a server counts who knocks and leaves: after a hundred MySQL bars the
    machine (its `max_connect_errors`).

    >>> within(1, lambda: None)
    """
    raised: list[Exception] = []

    def run() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits
            raised.append(error)

    thread = threading.Thread(target=run, name=_WAITING, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"timed out after {seconds:g} seconds")
    if raised:
        raise raised[0]


def still_waits() -> bool:
    """Whether a call left to itself hasn't come back: an interpreter that ends now would be aborted by the driver."""
    return any(thread.name == _WAITING for thread in threading.enumerate())
