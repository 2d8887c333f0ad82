"""The round trip with the units: issue, state, send back, explain, chase, acknowledge, compare, migrate."""
