"""The long form of ``tests/house/test_build_kills.py``: ``python benchmarks/soak_build.py [KILLS] [SEED]`` (1,000 kills).

Every build is killed for real (``SIGKILL``) at a random moment of a random stage; what is looked at afterwards stands in
``tests/helpers/build_kills.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import build_kills

if __name__ == "__main__":
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as place:
        print(build_kills.main(Path(place), kills, seed))
