"""Build the documentation: ``python docs/build.py [OUT]`` writes both trees as HTML; a warning is a failure."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = {"zh": "zh_CN", "en": "en"}
_CHATTER = ("IPKernelApp] WARNING | Kernel is running over TCP", "INFO traitlets client.py")


def build(out: Path) -> int:
    """Build both trees side by side into ``out``; return the first failure's exit code, or 0."""
    running = [_start(tree, language, out) for tree, language in LANGUAGES.items()]
    said = [process.communicate()[1] for process in running]
    for line in "".join(said).splitlines():
        if line.strip() and not any(words in line for words in _CHATTER):
            print(line, file=sys.stderr)  # noqa: T201 - a command that people run
    shutil.copy(HERE / "welcome.html", out / "index.html")
    return max(process.returncode for process in running)


def _start(tree: str, language: str, out: Path) -> subprocess.Popen[str]:
    """Start one tree in a process of its own: Sphinx keeps one language for each."""
    options = ["-W", "--keep-going", "-n", "-q", "-E", "-a", "-b", "html", "-c", str(HERE)]
    options += ["-d", str(out.parent / f"doctrees-{tree}"), "-D", f"language={language}"]
    return subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "sphinx", *options, str(HERE / tree), str(out / tree)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "_build" / "html"))
