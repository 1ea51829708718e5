"""`python -m wellposed` is the console script."""
import sys

from wellposed.cli import main

if __name__ == "__main__":
    sys.exit(main())
