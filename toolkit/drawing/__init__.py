"""The one drawing layer of all workbooks that are written: look, formats, paper, measures, sheets, hidden sheets."""
