"""Block C: authorization."""
