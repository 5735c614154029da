"""OCPP 2.0.1, CSMS under test: section 3 of Part 6."""
