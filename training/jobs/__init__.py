"""What the trainer does besides retraining, each asked for by a row of `TrainerJob`."""
