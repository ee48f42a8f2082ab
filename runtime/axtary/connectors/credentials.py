"""Where credentials come from, and how they are kept from being seen: no `repr`, no pickle, no error shows one."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from axtary.compiler.connectors import Credential
from axtary.connectors.provider import ProviderError

MASK = "[credential]"
_MAX_BYTES = 16 * 1024
_VISIBLE = re.compile(r"[\x21-\x7e]{8,}")  # shorter, it could not be told from other text


class Secret:
    """A credential. Only `reveal` gives its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def reveal(self) -> str:
        """The text itself: for the header of a request and nothing else."""
        return self._text

    def masked(self, value: Any) -> Any:
        """A JSON value, or text, without the secret: a service may echo what it was sent."""
        if isinstance(value, str):
            return value.replace(self._text, MASK)
        if isinstance(value, list):
            return [self.masked(item) for item in value]
        if isinstance(value, dict):
            return {self.masked(name): self.masked(item) for name, item in value.items()}
        return value


@dataclass(frozen=True)
class Source:
    """The place of one credential. It is read anew for each request, so a rotated one is used at once."""

    place: Credential
    environment: Mapping[str, str]
    folder: Path  # what the path of a file is relative to

    def __repr__(self) -> str:  # not the environment
        return f"Source({self.place!r})"

    @property
    def shown(self) -> str:
        """The place in words."""
        kinds = {"env": "the environment variable", "keyring": "the keyring entry", "file": "the file"}
        return f"{kinds[self.place.kind]} `{self.place.name}`"

    def read(self) -> Secret:
        """Raises ProviderError if there is none, or none that can be sent."""
        readers = {"env": self._of_environment, "keyring": self._of_keyring, "file": self._of_file}
        text = readers[self.place.kind]().strip()
        if not text:
            raise ProviderError("credential_missing", f"{self.shown} has no credential", "put it there")
        if not _VISIBLE.fullmatch(text):
            message = f"what {self.shown} has is no credential"
            raise ProviderError("credential_unusable", message, "put the token there and nothing else")
        return Secret(text)

    def _of_environment(self) -> str:
        return self.environment.get(self.place.name, "")

    def _of_keyring(self) -> str:
        try:
            import keyring
            import keyring.errors
        except ImportError:
            message, help_text = "the keyring of the system cannot be read", "run `pip install 'axtary[keyring]'`"
            raise ProviderError("credential_missing", message, help_text) from None
        service, _, account = self.place.name.partition("/")
        try:
            return keyring.get_password(service, account) or ""
        except (keyring.errors.KeyringError, RuntimeError):
            message = f"{self.shown} cannot be read"
            raise ProviderError("credential_missing", message, "unlock it, or use a file with mode 0600") from None

    def _of_file(self) -> str:
        """A file that its owner alone may read; asked of what was opened, not of a name that can change."""
        path = self.folder / self.place.name
        try:
            with path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if not stat.S_ISREG(mode):
                    raise ProviderError("credential_unusable", f"{self.shown} is no regular file", "name a file")
                if os.name == "posix" and mode & 0o077:
                    message = f"others than its owner may read {self.shown}"
                    raise ProviderError("credential_unusable", message, f"run `chmod 600 {self.place.name}`")
                data = file.read(_MAX_BYTES + 1)
        except OSError as error:
            why = (error.strerror or "no such file").lower()
            raise ProviderError("credential_missing", f"{self.shown} cannot be read: {why}", "check the path") from None
        if len(data) > _MAX_BYTES:
            raise ProviderError("credential_unusable", f"{self.shown} is too long for a credential", "name another")
        return data.decode("utf-8", "replace")
