"""The cases themselves: they pass where they must, and bite where they must."""
