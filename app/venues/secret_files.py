"""Files that hold a key to money."""

import stat
from pathlib import Path

from app.errors import SettingsRefused

LARGEST = 64 * 1024  # bytes
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def refuse_open_file(file: Path) -> None:
    """Raises SettingsRefused for a file that anybody but its owner may read or change."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise SettingsRefused(f"the secret file {file.name} cannot be read: {error.strerror}") from None
    if mode & FOR_OTHERS:
        raise SettingsRefused(
            f"the secret file {file.name} may be read or changed by others (mode {stat.S_IMODE(mode):04o})",
            remedy="Let its owner alone read it: chmod 600.",
        )


def read_secret(file: Path) -> str:
    """What such a file holds, without the white space around it. Raises SettingsRefused."""
    refuse_open_file(file)
    try:
        with file.open("rb") as opened:
            written = opened.read(LARGEST + 1)
        if len(written) > LARGEST:
            raise SettingsRefused(f"the secret file {file.name} is too large for a key")
        return written.decode("ascii").strip()
    except (OSError, UnicodeDecodeError):  # what they say may quote the file
        raise SettingsRefused(f"the secret file {file.name} cannot be read as text") from None
