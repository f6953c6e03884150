"""Where the frozen program begins: the same `main` as that of the installed package."""

import sys

from daps_desktop.__main__ import main

sys.exit(main())
