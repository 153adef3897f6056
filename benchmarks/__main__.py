"""`make bench`: run every benchmark."""

from benchmarks import throughput

throughput.main()
