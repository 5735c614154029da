"""Files that go beside OCPP: firmware that a station fetches, logs that it uploads.

`shelf` knows what a case offers and takes; `ftp` and `http` serve it, `memory` does so without
sockets; `service` opens them when a case needs them; `desk` is what a case sees.
"""
