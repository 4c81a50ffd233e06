"""Measurements on the lab: how fast the project delivers, what its sites carry, what is lost when things go wrong."""
