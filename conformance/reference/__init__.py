"""Reference systems: a station and a CSMS for each version, each a process of its own."""
