"""`python main.py` is `resviz`."""

import sys

from resviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
