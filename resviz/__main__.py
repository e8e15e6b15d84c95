"""`python -m resviz`; the only place that exits."""

import sys

from resviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
