"""OCPP 1.6, charge point under test: section 2 of the test-case document."""
