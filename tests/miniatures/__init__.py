"""Systems under test that are a few lines long, most of them wrong in one thing."""
