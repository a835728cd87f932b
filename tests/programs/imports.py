"""Most of the time goes into an import."""

import slow_to_import

if __name__ == "__main__":
    print(slow_to_import.READY)
