"""A workbook being drawn: safe options, fixed times, formats made once, names, bytes."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from toolkit.drawing.formats import Formats
from toolkit.drawing.values import checked

OUTPUT, GIVEN_OUT = datetime(2000, 1, 1), datetime(2025, 1, 1)
"""When outputs, and workbooks that people fill in, were made: fixed, so that the same input gives the same bytes."""


class Drawing:
    """A workbook in the making: byte-reproducible; text is never a formula or a link.

    Args:
        target: file to write to; None = in memory.
        streaming: rows go to disk as they are written.
        base: properties that every format of a cell has unless it says otherwise.
        defaults: properties of all cells, those without a format included.
        worksheet: the class of its sheets.
        properties: of the document: title, subject, author …
    """

    def __init__(
        self,
        target: Path | None = None,
        *,
        created: datetime = GIVEN_OUT,
        streaming: bool = False,
        base: dict[str, object] | None = None,
        defaults: dict[str, object] | None = None,
        worksheet: type[Worksheet] | None = None,
        **properties: str,
    ) -> None:
        self._buffer = BytesIO()
        options: dict[str, object] = {
            "constant_memory": streaming,
            "in_memory": not streaming,
            "tmpdir": str(target.parent) if streaming and target else None,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        }
        if defaults:
            options["default_format_properties"] = dict(defaults)
        self.raw = xlsxwriter.Workbook(str(target) if target else self._buffer, options)
        if worksheet:
            self.raw.worksheet_class = worksheet
        self.raw.set_properties({**properties, "created": created})
        self.formats = Formats(self.raw, **(base or {}))
        self.streaming = streaming

    def define(self, name: str, reference: str) -> None:
        """A name of the workbook for what `reference` says, without its `=`.

        Raises: XltoolError: SUM-001 it is no name.
        """
        checked(self.raw.define_name(name, f"={reference}"), name)

    def close(self) -> bytes:
        """Completes the workbook; its bytes when it was made in memory."""
        try:
            self.raw.close()
        except FileCreateError as error:  # it hides what the disk said
            raise error.args[0] from error
        return self._buffer.getvalue()
