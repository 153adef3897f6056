"""`make bench`: run every benchmark."""

from benchmarks import throughput, training

throughput.main()
training.main([])
