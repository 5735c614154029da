"""The cases of OCPP 2.0.1, in the order of Part 6; `catalogue.toml` lists every one."""
