"""Certificates for a lab: authorities, what they sign, and what must be refused."""
