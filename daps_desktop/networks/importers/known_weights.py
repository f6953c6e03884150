"""Checksums of weights on the hub: as published where that is known, else as they were when first fetched.

A repository can be taken over or its files exchanged, and the hub then vouches for the new ones.
"""

import json
import logging
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import tr
from daps_desktop.base.paths import make_private, user_folder
from daps_desktop.jobs.published_priors import PUBLIC_PRIORS
from daps_desktop.networks.validation import read_object

_log = logging.getLogger(__name__)


class KnownWeights:
    """SHA-256 by PUBLISHER/NAME/FILE, in a file of the user's own."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self.path = (data_dir or user_folder()) / "fetched.json"

    def check(self, repository: str, file: str, sha256: str) -> None:
        """Raises: UserError download_changed where another checksum is known; "" is not known yet."""
        known = self._known(f"{repository}/{file}")
        if sha256 and known and sha256 != known:
            raise UserError("download_changed", file=file, repository=repository)

    def keep(self, repository: str, file: str, sha256: str) -> None:
        """What is known already stays. Raises: UserError save_failed."""
        place = f"{repository}/{file}"
        if self._known(place):
            return
        make_private(self.path.parent)
        content = json.dumps({**self._read(), place: sha256}, indent=1)
        write_file(self.path, content.encode(), overwrite=True, private=True)

    def _known(self, place: str) -> str:
        published = {prior.place: prior.sha256 for prior in PUBLIC_PRIORS}
        return published.get(place) or str(self._read().get(place, ""))

    def _read(self) -> dict[str, object]:
        try:
            return read_object(self.path)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            words = tr(
                "{path} cannot be read ({detail}); checksums of what was fetched before are not known."
            )
            _log.warning(words.format(path=self.path, detail=error))
            return {}
