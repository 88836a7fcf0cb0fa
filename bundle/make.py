"""Everything an office without internet needs, in one zip: ``python bundle/make.py PLATFORM [--python 3.12] [--out DIR]``.

PLATFORM is ``win_amd64`` or ``linux`` (x86-64). Every wheel is named by name and version: what the package asks for on that platform
(markers are judged for it, not for the machine this runs on), at the version of ``constraints.txt``, with its hash. Beside the wheels lie
``install.bat`` or ``install.sh`` and a page of instructions in both languages. The set is checked before it is packed: every
requirement of every wheel is there, and every tag can be installed on that platform by that Python.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.tags import Tag

HERE = Path(__file__).parent
ROOT = HERE.parent
OWN = "industrymap"
PYTHON = "3.12"

# glibc 2.28 is what Debian 10, UOS 20 and Kylin V10 have, or newer.
_LINUX = ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_24_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_12_x86_64", "manylinux2010_x86_64", "manylinux_2_5_x86_64", "manylinux1_x86_64", "linux_x86_64"]  # fmt: skip
PLATFORMS = {"win_amd64": ["win_amd64"], "linux": _LINUX}
_MARKERS = {
    "win_amd64": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
}  # fmt: skip
_DAY = (2020, 1, 1, 0, 0, 0)
"""Of every file in the zip: the same wheels make the same zip."""


def environment(platform: str, python: str) -> dict[str, str]:
    """Return what markers are judged by on a platform."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
        **_MARKERS[platform],
    }


def tags(platform: str, python: str) -> set[Tag]:
    """Return the tags of wheels that a Python of a platform installs."""
    major, minor = map(int, python.split("."))
    own = cpython_tags((major, minor), platforms=PLATFORMS[platform])
    return {*own, *compatible_tags((major, minor), f"cp{major}{minor}", PLATFORMS[platform])}


def wanted(wheel: Path, environment: dict[str, str], extras: Iterable[str] = ()) -> Iterator[Requirement]:  # fmt: skip
    """Yield what a wheel asks for on a platform."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(n for n in packed.namelist() if n.endswith(".dist-info/METADATA"))
        said = email.message_from_bytes(packed.read(name))
    for text in said.get_all("Requires-Dist") or []:
        asked = Requirement(text)
        holds = [environment | {"extra": extra} for extra in ("", *extras)]
        if asked.marker is None or any(asked.marker.evaluate(one) for one in holds):
            yield asked


def faults(wheels: Iterable[Path], platform: str, python: str) -> list[str]:
    """Return what is wrong with a set of wheels: requirements that no wheel meets, and wheels that cannot be installed."""
    known = {}
    fitting = tags(platform, python)
    found = []
    for wheel in wheels:
        name, version, _, its = parse_wheel_filename(wheel.name)
        known[name] = (version, wheel)
        if not its & fitting:
            found.append(f"{wheel.name} cannot be installed on {platform} by Python {python}")
    where = environment(platform, python)
    # A requirement may ask for extras of another, so extras are followed, too.
    waiting = [Requirement(OWN)]
    seen: set[str] = set()
    while waiting:
        asked = waiting.pop()
        if str(asked) in seen:
            continue
        seen.add(str(asked))
        have = known.get(canonicalize_name(asked.name))
        if have is None:
            found.append(f"{asked} is missing")
        elif not asked.specifier.contains(have[0], prereleases=True):
            found.append(f"{asked} is asked for, and {have[0]} is there")
        else:
            waiting += wanted(have[1], where, asked.extras)
    return sorted(found)


def constraints() -> dict[str, str]:
    """Return name → version."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {canonicalize_name(n): v for n, _, v in (line.partition("==") for line in lines if line)}


def gather(folder: Path, platform: str, python: str) -> None:
    """Bring every wheel into a folder: ours is built, the others come at their version, each with what it asks for."""
    _pip("wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    (own,) = folder.glob("*.whl")
    versions = constraints()
    where = environment(platform, python)
    waiting = list(wanted(own, where))
    have: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        key = (name, tuple(sorted(asked.extras)))
        if key in have:
            continue
        have.add(key)
        if name not in versions:
            sys.exit(
                f"{asked} is asked for on {platform}, and constraints.txt has no version of it"
            )
        wheel = _one(folder, name, versions[name], platform, python)
        waiting += wanted(wheel, where, asked.extras)


def _one(folder: Path, name: str, version: str, platform: str, python: str) -> Path:
    """Return the wheel of one version, fetched where it is not here yet."""
    there = _find(folder, name)
    if there is not None:
        return there
    short = python.replace(".", "")
    places = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    how = [*places, "--python-version", python, "--implementation", "cp", "--abi", f"cp{short}", "--abi", "abi3", "--abi", "none"]  # fmt: skip
    done = _pip("download", "--no-deps", "--only-binary", ":all:", *how, "--dest", folder, f"{name}=={version}", quiet=True)  # fmt: skip
    # Some packages of plain Python come as sources only: their wheel is the same on every platform.
    if not done:
        _pip("wheel", "--no-deps", "--wheel-dir", folder, f"{name}=={version}")
    there = _find(folder, name)
    if there is None:
        sys.exit(f"{name} {version} has no wheel for {platform} and Python {python}")
    return there


def _find(folder: Path, name: str) -> Path | None:
    return next((p for p in folder.glob("*.whl") if parse_wheel_filename(p.name)[0] == name), None)


def _pip(*words: object, quiet: bool = False) -> bool:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, words)]  # fmt: skip
    done = subprocess.run(command, check=not quiet, capture_output=quiet)  # noqa: S603 - our own words
    return done.returncode == 0


def requirements(wheels: Iterable[Path]) -> str:
    """Return every wheel by name, version and hash, as pip reads it."""
    lines = []
    for wheel in sorted(wheels, key=lambda p: p.name.lower()):
        name, version, *_ = parse_wheel_filename(wheel.name)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def pack(wheels: Iterable[Path], platform: str, python: str, out: Path) -> Path:
    """Put wheels, the list of them, the installer and the instructions into one zip, and return its path."""
    sorted_wheels = sorted(wheels, key=lambda p: p.name.lower())
    (version,) = {str(v) for n, v, *_ in map(parse_wheel_filename, (w.name for w in sorted_wheels)) if n == OWN}  # fmt: skip
    name = f"{OWN}-{version}-{platform}-py{python.replace('.', '')}"
    installer = "install.bat" if platform.startswith("win") else "install.sh"
    path = out / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for wheel in sorted_wheels:
            _add(packed, f"{name}/wheels/{wheel.name}", wheel.read_bytes())
        _add(packed, f"{name}/requirements.txt", requirements(sorted_wheels).encode())
        for file in (installer, "INSTALL.html"):
            text = (HERE / file).read_text(encoding="utf-8").replace("@PYTHON@", python)
            # cmd.exe wants its own line ends
            text = text.replace("\n", "\r\n") if file.endswith(".bat") else text
            _add(packed, f"{name}/{file}", text.encode(), runnable=file.endswith(".sh"))
    return path


def _add(packed: zipfile.ZipFile, name: str, data: bytes, *, runnable: bool = False) -> None:
    entry = zipfile.ZipInfo(name, _DAY)
    entry.external_attr = (0o755 if runnable else 0o644) << 16
    packed.writestr(entry, data)


def main() -> None:
    """Make the zip."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("platform", choices=sorted(PLATFORMS))
    words.add_argument("--python", default=PYTHON)
    words.add_argument("--out", type=Path, default=ROOT / "dist")
    said = words.parse_args()
    if not re.fullmatch(r"3\.\d+", said.python):
        sys.exit(f"{said.python} is no version of Python such as {PYTHON}")
    said.out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        gather(Path(place), said.platform, said.python)
        wheels = list(Path(place).glob("*.whl"))
        wrong = faults(wheels, said.platform, said.python)
        if wrong:
            sys.exit("\n".join(wrong))
        path = pack(wheels, said.platform, said.python, said.out)
    print(f"{path}: {len(wheels)} wheels, {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
