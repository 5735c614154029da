"""OCPP 1.6, central system under test: section 3 of the test-case document."""
