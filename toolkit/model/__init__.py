"""Frozen definitions: forms, policies, units, findings; nothing here opens a workbook."""
