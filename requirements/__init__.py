"""The locks of all packages, a list of them for others to read, and a look for known faults."""
