"""The suite against systems that are none of ours; see README.md."""
