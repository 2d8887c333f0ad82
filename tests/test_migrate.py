"""An older filled workbook is carried into the current template; reading both gives the same rows."""

import pandas as pd
import pytest
from rounds import Round

from toolkit.model.batch import PROVENANCE
from toolkit.model.errors import XltoolError
from toolkit.reading import read_returns
from toolkit.round_trip.migrate import migrate, write_migration
from toolkit.sample.spoiling import renamed_sheet

pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("转") / "批次", units=3)
    made.issue()
    return made


def old(made, name, data):
    path = made.campaign.folder / name
    path.write_bytes(data)
    return path


def rows(made, path):
    campaign = made.campaign
    batch = read_returns([(path.name, path)], campaign.form, campaign.units, expected=campaign.stamp, workers=1)
    tables = {name: frame.drop(columns=list(PROVENANCE)) for name, frame in batch.tables.items()}
    return tables, batch.returns[0]


def test_old_to_new_reads_like_the_old_one(made):
    title = made.campaign.form.by_name["event"].label
    data = renamed_sheet(made.workbook(1, version="0.9"), title, "活动记录")
    path = old(made, "旧版.xlsx", data)
    (book, receipt), told = write_migration(made.campaign, path)
    before, was = rows(made, path)
    after, now = rows(made, book)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[name])
    assert (was.version, now.version, now.unit, now.nil) == ("0.9", made.campaign.form.version, was.unit, was.nil)
    assert told.carried > 300 and told.needs_you == [] and any("活动台账" in text for text in told.renamed)
    assert f"转过来 {told.carried} 格" in receipt.read_text("utf-8-sig")
    assert [finding.code for finding in now.findings if finding.severity == "错误"] == []


def test_what_cannot_be_read_is_left_to_a_person(made):
    path = old(made, "坏格.xlsx", made.workbook(1, cells={("event", "event_date", 0): "去年冬天"}))
    data, told = migrate(made.campaign, path)
    assert len(told.needs_you) == 1 and "活动台账" in told.needs_you[0] and "开始日期" in told.needs_you[0]
    assert migrate(made.campaign, path)[0] == data


@pytest.mark.parametrize(("name", "data", "code"), [("烂.xlsx", b"PK", "MIG-001"), ("无.xlsx", None, "K010")])
def test_what_is_no_return_is_one_sentence(made, name, data, code):
    path = old(made, name, data) if data else made.campaign.folder / name
    with pytest.raises(XltoolError, match=code):
        migrate(made.campaign, path)


def test_the_source_is_never_overwritten(made):
    path = old(made, "原件.xlsx", made.workbook(2))
    before = path.read_bytes()
    with pytest.raises(XltoolError, match="MIG-002"):
        write_migration(made.campaign, path, path)
    assert path.read_bytes() == before
