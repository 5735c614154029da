"""The cases of OCPP 1.6, in the order of their document; `catalogue.toml` lists every one."""
