"""Errors that a user can understand, as a code with facts; what they say is in error_messages.py."""

from daps_desktop.base.error_messages import MESSAGES
from daps_desktop.base.i18n import Phrase, tr


class UserError(Exception):
    """Something the user can understand and act on; `str()` gives the whole sentence in their language.

    `code` is a key of MESSAGES and `params` fill its template; a translatable fact is a Phrase. Errors cross
    from process to process as these two, and are translated when they are shown. Raises KeyError at once
    where the code is unknown or a fact is missing.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(MESSAGES[code].format(**params))

    def __str__(self) -> str:
        return tr(MESSAGES[self.code]).format(**self.params)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.params)


class SolverDivergedError(UserError):
    """A number left the range of finite values; never shown as a picture."""

    def __init__(self, detail: Phrase | str) -> None:
        super().__init__("diverged", detail=detail)


def _rebuild(kind: type[UserError], code: str, params: dict[str, object]) -> UserError:
    error = kind.__new__(kind)
    UserError.__init__(error, code, **params)
    return error
