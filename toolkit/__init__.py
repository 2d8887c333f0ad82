"""xltool: from returned Excel forms to payments, a compliance picture and summary workbooks."""

__version__ = "0.1.0"
