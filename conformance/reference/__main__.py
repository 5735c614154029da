"""`python -m conformance.reference`: a reference system as a process of its own."""

import os
import sys

from conformance.reference.process import main

sys.exit(main(sys.argv[1:], os.environ.pop("OCPP_REFERENCE_PASSWORD", "")))
