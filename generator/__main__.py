"""`python -m generator` is the `commentary` command."""

import sys

from generator.cli import main

sys.exit(main())
