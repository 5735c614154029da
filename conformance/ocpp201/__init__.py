"""OCPP 2.0.1: its messages, and what each message is about."""
