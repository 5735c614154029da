"""A central system or CSMS under test."""
