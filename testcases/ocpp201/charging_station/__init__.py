"""OCPP 2.0.1, charging station under test: section 2 of Part 6."""
