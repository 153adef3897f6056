"""What scores a photo: our units, published detectors, neighbours, and all of them combined."""
