"""Our own cases on the communication layer, for OCPP 1.6 and 2.0.1."""
