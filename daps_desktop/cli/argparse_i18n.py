"""argparse's own words, in the languages of this program.

argparse asks gettext for them, which looks in the catalogue that is bound here. Below they stand as Python
has them, for only what is marked gets into the catalogues.
"""

import gettext

from daps_desktop.base.i18n import DOMAIN, mark
from daps_desktop.base.paths import resource

ARGPARSE = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("expected one argument"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
    mark("ambiguous option: %(option)s could match %(matches)s"),
)


def translate_argparse() -> None:
    """Have argparse speak the chosen language, which stands in the environment that gettext heeds."""
    gettext.bindtextdomain(DOMAIN, str(resource("languages")))
    gettext.textdomain(DOMAIN)
