"""From the built folder: a .deb for Debian and Ubuntu, and a .tar.xz that any user can install alone."""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

LINUX = Path(__file__).resolve().parent / "linux"
METAINFO = "io.github.daps_desktop.DapsDesktop.metainfo.xml"
MAINTAINER = "The daps-desktop maintainers <maintainers@daps-desktop.example>"
HOME = Path("usr/lib/daps-desktop")  # of the program, in the package
PROGRAMS = ("daps-desktop", "_internal/torch/bin/torch_shm_manager")  # all else is not to be executed
# Opened by name at run time, so that no file says they are needed.
_OPENED = ("libdbus-1.so.3", "libEGL.so.1", "libGL.so.1")
_ICON_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)
_XZ = "xz -T2 -3"

_CONTROL = """Package: daps-desktop
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: {depends}
Recommends: hicolor-icon-theme, shared-mime-info, fonts-dejavu-core
Suggests: fonts-noto-cjk
Description: restores old photographs on your own computer
 Scratches are painted over, other damage is chosen in words: blur, noise,
 small size, JPEG blocks, lost and faded colours. Where only marks are
 repaired, every other pixel stays as it was, bit for bit. Each result says
 how well it agrees with the photo.
 .
 Nothing is uploaded, and no network is needed. The package carries its own
 Python, Qt and PyTorch (for the processor).
"""


class MissingLibraryError(Exception):
    """No package of this system has a library that the build needs."""


def make_deb(folder: Path, build: Path, dist: Path, version: str) -> Path:
    """The package in `dist`; needs dpkg-deb, and readelf to see which libraries of the system are used."""
    stage = build / "deb"
    _fill(stage, folder, build / "icons")
    architecture = _said("dpkg", "--print-architecture").strip()
    _write_documents(stage, version)
    size = sum(path.lstat().st_size for path in stage.rglob("*") if path.is_file()) // 1024
    (stage / "DEBIAN").mkdir()
    control = _CONTROL.format(
        version=version, architecture=architecture, maintainer=MAINTAINER, size=size,
        depends=", ".join(dependencies(folder)),
    )  # fmt: skip
    (stage / "DEBIAN" / "control").write_text(control)
    (stage / "DEBIAN" / "md5sums").write_text(_checksums(stage))
    _set_modes(stage)
    package = dist / f"daps-desktop_{version}_{architecture}.deb"
    _said("dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", stage, package)
    shutil.rmtree(stage)
    return package


def make_tar(folder: Path, build: Path, dist: Path, version: str) -> Path:
    """The archive in `dist`: the program, its menu entry, and `install.sh` for one user without root."""
    name = f"daps-desktop-{version}-linux-{os.uname().machine}"
    stage = build / "tar" / name
    _fill(stage, folder, build / "icons")
    (stage / "usr/bin/daps-desktop").unlink()
    (stage / HOME).rename(stage / "daps-desktop")
    (stage / "usr/share").rename(stage / "share")
    shutil.rmtree(stage / "usr")
    shutil.copy(LINUX / "install.sh", stage / "install.sh")
    _set_modes(stage)
    (stage / "install.sh").chmod(0o755)
    archive = dist / f"{name}.tar.xz"
    _said("tar", "--owner=0", "--group=0", "-I", _XZ, "-cf", archive, "-C", stage.parent, name)
    shutil.rmtree(stage)
    return archive


def _fill(stage: Path, folder: Path, icons: Path) -> None:
    """The program (hard links: it is large) and what a desktop wants to know of it, as in a system."""
    shutil.rmtree(stage, ignore_errors=True)
    share = stage / "usr" / "share"
    shutil.copytree(folder, stage / HOME, copy_function=os.link, symlinks=True)
    (stage / "usr/bin").mkdir()
    (stage / "usr/bin/daps-desktop").symlink_to("../lib/daps-desktop/daps-desktop")
    _put(LINUX / "daps-desktop.desktop", share / "applications")
    _put(LINUX / "daps-desktop.xml", share / "mime" / "packages")
    _put(LINUX / METAINFO, share / "metainfo")
    hicolor = share / "icons" / "hicolor"
    _put(
        folder / "_internal/daps_desktop/resources/icons/app.svg",
        hicolor / "scalable/apps",
        "daps-desktop.svg",
    )
    for side in _ICON_SIDES:
        _put(icons / f"{side}.png", hicolor / f"{side}x{side}" / "apps", "daps-desktop.png")


def _put(source: Path, folder: Path, name: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / (name or source.name))


def _write_documents(stage: Path, version: str) -> None:
    documents, manual = stage / "usr/share/doc/daps-desktop", stage / "usr/share/man/man1"
    _put(LINUX / "copyright", documents)
    entry = f"daps-desktop ({version}) unstable; urgency=medium\n\n  * See CHANGES.md.\n\n"
    signature = f" -- {MAINTAINER}  {formatdate(0, usegmt=False)}\n"
    _pack(documents / "changelog.gz", (entry + signature).encode())
    _put(LINUX.parent / "CHANGES.md", documents)
    manual.mkdir(parents=True)
    _pack(manual / "daps-desktop.1.gz", (LINUX / "daps-desktop.1").read_bytes())


def _pack(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def _checksums(stage: Path) -> str:
    files = sorted(path for path in stage.rglob("*") if path.is_file() and not path.is_symlink())
    lines = []
    for path in files:
        if "DEBIAN" not in path.parts:
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'md5').hexdigest()}  {path.relative_to(stage)}\n")
    return "".join(lines)


def _set_modes(stage: Path) -> None:
    for path in stage.rglob("*"):
        if not path.is_symlink():
            executable = path.is_dir() or str(path).endswith(tuple(f"/{name}" for name in PROGRAMS))
            path.chmod(0o755 if executable else 0o644)
    stage.chmod(0o755)


# What the build needs of the system


def dependencies(folder: Path) -> list[str]:
    """The packages that hold the libraries which the build uses and does not carry.

    Raises: MissingLibraryError where this system has no package with one of them.
    """
    carried = {path.name for path in folder.rglob("*") if ".so" in path.name}
    wanted = sorted(needed(folder) - carried | set(_OPENED))
    packages = {_package_of(library) for library in wanted} - {"libc6"}
    libc = os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.36"
    return [f"libc6 (>= {libc.split()[1]})", *sorted(packages)]


def needed(folder: Path) -> set[str]:
    """The libraries that the files of the build name."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    natives = [path for path in files if path.suffix == "" or ".so" in path.name or path.name in PROGRAMS]
    told = subprocess.run(["readelf", "-d", *map(str, natives)], capture_output=True, text=True)
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", told.stdout))


def _package_of(library: str) -> str:
    found = re.search(rf"^\s*{re.escape(library)} .*=> (\S+)$", _said("ldconfig", "-p"), re.MULTILINE)
    if found is None:
        raise MissingLibraryError(library)
    place = Path(found[1])
    for path in (place, place.resolve(), Path("/usr") / place.relative_to("/")):
        told = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True)
        if told.returncode == 0:
            return told.stdout.split(":")[0]
    raise MissingLibraryError(library)


def _said(*words: object) -> str:
    """Raises: CalledProcessError, with the words of the command."""
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout
