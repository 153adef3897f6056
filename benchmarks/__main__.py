"""`make bench`: run every benchmark."""

from benchmarks import engines, intake, throughput, training

intake.main()
engines.main()
throughput.main()
training.main([])
