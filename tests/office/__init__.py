"""Serve as an office would: behind a gateway, as a user of no rights, without a network."""
