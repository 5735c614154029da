"""OCPP 1.6: its messages, and what each message is about."""
