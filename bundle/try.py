"""Install from a zip that ``make.py`` made, with no index to ask, and work with what was installed: ``python bundle/try.py ZIP``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path


def main() -> None:
    """Unpack, install, make the sample and build it; the exit code is that of the first step that fails."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with zipfile.ZipFile(sys.argv[1]) as packed:
            packed.extractall(folder)
        (unpacked,) = folder.iterdir()
        # Nothing of this machine helps: no index, no settings, no packages of another environment; a proxy that is none stops the rest.
        alone = {
            "PATH": os.environ["PATH"],
            "HOME": place,
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "https_proxy": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
            "PYTHON": sys.executable,
        }
        target = folder / "installed"

        def run(*words: object) -> None:
            subprocess.run([str(word) for word in words], check=True, env=alone, cwd=place)  # noqa: S603 - our own words

        began = time.perf_counter()
        run("sh", unpacked / "install.sh", target)
        print(f"installed in {time.perf_counter() - began:.0f} s")
        program = target / "bin" / "industrymap"
        run(program, "sample", folder / "city", "--scale", "0.02")
        run(program, "build", folder / "city")
        size = sum(
            p.stat().st_size for p in target.rglob("*") if p.is_file() and not p.is_symlink()
        )
        print(f"{size / 1e6:.0f} MB installed")


if __name__ == "__main__":
    main()
