"""Any unit list that a bureau keeps: understood, put right where that is certain, asked about where it is not."""
