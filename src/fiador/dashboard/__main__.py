"""How are the pages served? By Streamlit's application, on a socket of ours: `python -m fiador.dashboard PORT`.

`streamlit run` binds a socket whose connections keep Nagle's delay, so that most messages of a page wait 40 ms for the
browser's acknowledgement of the one before.
"""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
import uvicorn
from streamlit import config

from fiador.dashboard import options
from fiador.dashboard.sockets import listening
from fiador.errors import FiadorError

MOST_BYTES = 200 * 2**20  # a message's, as `streamlit run` has it
PING = 30  # seconds between two looks whether a browser is still there, as `streamlit run` has it


def main(port: int) -> None:
    """Serve the pages until a signal ends it; ServiceError where the port is taken."""
    bound = listening("127.0.0.1", port)
    for name, value in options(port).items():
        config.set_option(name, value)
    served = uvicorn.Config(
        st.App(Path(__file__).with_name("app.py")),
        ws="websockets-sansio", ws_max_size=MOST_BYTES, ws_per_message_deflate=False,
        ws_ping_interval=PING, ws_ping_timeout=PING, log_level="warning", access_log=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    uvicorn.Server(served).run(sockets=[bound])


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except FiadorError as error:
        sys.stderr.write(f"error: {error.message}\n")
        sys.exit(error.exit_code)
