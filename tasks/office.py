"""Legacy Word files (.doc, .wps, .rtf) -> DOCX, by LibreOffice where it is installed.

Its own profile and folders for each call: LibreOffice runs once a profile, and remembers. A conversion that takes too long
is ended with everything that it started.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from parsers.attachments import NEEDS_LIBREOFFICE
from parsers.verdicts import Unreadable, UnsupportedType

CONVERSION_SECONDS = 20.0  # below the time after which a reading process is given up; a conversion takes 2 to 5
_PROGRAMS = ("soffice", "libreoffice")
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy")
_NOWHERE = "http://127.0.0.1:9"  # a document may name pictures elsewhere; nothing is fetched for it


def to_docx(payload: bytes) -> bytes:
    """The same document as DOCX. Raises `UnsupportedType` where LibreOffice is not installed, `Unreadable` where it fails."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise UnsupportedType(NEEDS_LIBREOFFICE)
    with tempfile.TemporaryDirectory(prefix="nianbao-office-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, "document.rtf" if payload.startswith(b"{\\rtf") else "document.doc")  # .wps is .doc inside
        source.write_bytes(payload)
        converted = Path(folder, "converted", "document.docx")
        complaint = _run([program, *_arguments(source, converted.parent, Path(folder, "profile"))], folder)
        try:
            return converted.read_bytes()
        except OSError:
            raise Unreadable(f"LibreOffice cannot read the file: {complaint or 'it says nothing of why'}") from None


def _arguments(source: Path, target: Path, profile: Path) -> list[str]:
    settings = ["--headless", "--norestore", "--nolockcheck", "--nodefault", f"-env:UserInstallation={profile.as_uri()}"]
    return [*settings, "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(target), str(source)]


def _run(command: list[str], folder: str) -> str:
    """Run to the end, or to the end of its time. Returns the last line of its complaints."""
    environment = {**os.environ, **dict.fromkeys(_PROXIES, _NOWHERE), "HOME": folder, "TMPDIR": folder}
    with subprocess.Popen(  # noqa: S603  the program comes from PATH, the paths from us
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a group of its own: soffice starts soffice.bin
    ) as process:
        try:
            _, complaints = process.communicate(timeout=CONVERSION_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unreadable(f"LibreOffice takes more than {CONVERSION_SECONDS:.0f} seconds for the file") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return complaints.decode(errors="replace").strip().rpartition("\n")[2]
