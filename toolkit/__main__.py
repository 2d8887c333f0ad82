"""`python -m toolkit`, the same as `xltool`."""

from toolkit.cli.app import main

if __name__ == "__main__":
    main()
