"""单位一页纸: what a round says of one unit, on one printed page."""
