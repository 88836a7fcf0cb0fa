"""``python -m industrymap``."""

from industrymap.cli import main

if __name__ == "__main__":
    main()
