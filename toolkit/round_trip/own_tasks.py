"""What the bureau itself has to look at before any unit returns anything: its unit list."""

from __future__ import annotations

from toolkit.campaign import UNIT_LIST, Campaign
from toolkit.campaign.words import campaign_words
from toolkit.model.finding import Finding


def own_tasks(campaign: Campaign) -> list[Finding]:
    """The findings about a round that no unit can put right, those of the unit list; no return is read for them."""
    from toolkit.compute.assignments import list_notices

    sheet = campaign_words().unit_list["units"]
    return list_notices(campaign.units, campaign.policy, campaign.form, UNIT_LIST, sheet)
