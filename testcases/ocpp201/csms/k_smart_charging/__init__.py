"""Block K: smart charging."""
