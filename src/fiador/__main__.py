"""What does `python -m fiador` run? The command line."""

from fiador.cli import main

main()
