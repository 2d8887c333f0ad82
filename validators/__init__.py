"""The xltool checks on returned workbooks: named predicates, schemas, rules over sheets and workbooks.

Importing this package is cheap; pandas and pandera are imported by its modules, which only stages load.
"""
