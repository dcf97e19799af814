"""`python -m toujiao` is the same as the `toujiao` command."""

from toujiao.cli import main

main()
