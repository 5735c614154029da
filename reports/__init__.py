"""Reports of a run, rendered from its journal: HTML, JUnit, JSON."""
