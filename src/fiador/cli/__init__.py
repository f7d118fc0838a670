"""What can be asked of fiador in a terminal?

Each command wires a source, an engine and the store to one use case, and shows what came out. Slow libraries are
imported where they are used: `fiador --help` answers at once, and `--version` before any of them.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process, even where a thread of a driver's or an engine's is still at work."""
    if sys.argv[1:] == ["--version"]:
        from fiador.version import __version__

        sys.stdout.write(f"fiador {__version__}\n")
        return
    from fiador.cli import stopping

    try:
        stopping.watch()
        from fiador.cli.commands import run

        run()
    except KeyboardInterrupt:
        stopping.stop()
    except SystemExit as end:
        stopping.leave(end)
