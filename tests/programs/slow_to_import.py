"""Takes a while to import."""

import time

end = time.process_time() + 0.15
while time.process_time() < end:
    pass
READY = "imported"
