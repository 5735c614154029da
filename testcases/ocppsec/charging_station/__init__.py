"""A charge point or charging station under test."""
