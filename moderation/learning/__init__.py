"""Label, Dataset, Classifier, TrainingRun and the gate. The room is built by the issue on the learning loop."""
