"""The standard workbook, part by part: cover, tables, the vertical sheet, lists, identity."""
