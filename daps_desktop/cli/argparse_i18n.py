"""argparse's own words, in the languages of this program.

argparse asks gettext for them, which looks in the catalogue that is bound here. Below they stand as Python
has them, for only what is marked gets into the catalogues.
"""

import gettext

from daps_desktop.base.i18n import DOMAIN, N_
from daps_desktop.base.paths import resource

ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)


def translate_argparse() -> None:
    """Have argparse speak the chosen language, which stands in the environment that gettext heeds."""
    gettext.bindtextdomain(DOMAIN, str(resource("languages")))
    gettext.textdomain(DOMAIN)
