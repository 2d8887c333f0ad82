"""Figures to workbooks: one module per output workbook, `book` is the layer they share."""
