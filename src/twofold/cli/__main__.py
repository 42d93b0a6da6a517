# SPDX-License-Identifier: Apache-2.0
"""`python -m twofold.cli` does what `twofold` does."""

from twofold.cli import main

if __name__ == "__main__":
    main()
