"""The loop a user would write today: pandas reads each sheet of each file with openpyxl, pandera checks it there,
the rest is put together and written with to_excel.

    python benchmarks/plain_loop.py FOLDER POLICY OUT.xlsx [--limit N]

It knows where the tables stand (no search for labels), does not look at formulas, identity, resubmissions or
other sheets, and reports the failures as pandera words them.
"""

import argparse
import warnings
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.policies import load_policy

warnings.filterwarnings("ignore")


def schema_of(form, sheet):
    """The checks that the columns of a sheet ask for, as one would write them by hand."""
    columns = {}
    for column in sheet.columns:
        checks = []
        if column.type == "choice":
            checks.append(pa.Check.isin(form.choices(column)))
        if column.minimum is not None:
            checks.append(pa.Check.ge(float(column.minimum)))
        if column.maximum is not None:
            checks.append(pa.Check.le(float(column.maximum)))
        kind = {"integer": float, "decimal": float, "date": "datetime64[ns]"}.get(column.type)
        nullable = column.need != "required"
        columns[column.name] = pa.Column(kind, checks, nullable=nullable, coerce=kind is not None)
    return pa.DataFrameSchema(columns, strict=False)


def table_of(path, sheet):
    """One sheet of one file with the form's column names."""
    if sheet.layout == "vertical":
        frame = pd.read_excel(path, sheet_name=sheet.label, header=layout.LABEL_ROW - 1, engine="openpyxl")
        values = dict(zip(frame.iloc[:, 1], frame.iloc[:, 2], strict=True))
        return pd.DataFrame([values])
    frame = pd.read_excel(path, sheet_name=sheet.label, header=layout.NAME_ROW - 1, engine="openpyxl")
    return frame.dropna(how="all")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("policy")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--limit", type=int)
    given = arguments.parse_args()
    form = load_form(load_policy(given.policy))
    schemas = {sheet.name: schema_of(form, sheet) for sheet in form.sheets}
    tables = {sheet.name: [] for sheet in form.sheets}
    failures = []
    for path in sorted(given.folder.rglob("*.xlsx"))[: given.limit]:
        for sheet in form.sheets:
            try:
                frame = table_of(path, sheet)
            except Exception as error:
                failures.append({"file": path.name, "sheet": sheet.label, "problem": str(error)})
                continue
            try:
                frame = schemas[sheet.name].validate(frame, lazy=True)
            except pa.errors.SchemaErrors as error:
                failures += error.failure_cases.assign(file=path.name, sheet=sheet.label).to_dict("records")
            tables[sheet.name].append(frame.assign(file=path.name))
    with pd.ExcelWriter(given.out) as writer:
        for sheet in form.sheets:
            if tables[sheet.name]:
                pd.concat(tables[sheet.name]).to_excel(writer, sheet_name=sheet.label, index=False)
        pd.DataFrame(failures).to_excel(writer, sheet_name="failures", index=False)
    print(len(failures), "failures")


if __name__ == "__main__":
    main()
