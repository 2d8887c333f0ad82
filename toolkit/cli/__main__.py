"""`python -m toolkit.cli`, the same as `xltool`; what scripts of earlier rounds call."""

from toolkit.cli.app import main

if __name__ == "__main__":
    main()
