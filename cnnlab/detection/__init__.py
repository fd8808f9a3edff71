"""R-CNN, from proposals to average precision (AGM 2.3 and 3)."""
