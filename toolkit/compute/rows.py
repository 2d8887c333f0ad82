"""The rows live in `toolkit.model.rows`."""

from toolkit.model.rows import Origin, Row, Table, row_type, values

__all__ = ["Origin", "Row", "Table", "row_type", "values"]
