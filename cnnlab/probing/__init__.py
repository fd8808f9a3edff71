"""What a net's features are worth on other sets: linear probes and transfer (ZF 5, AGM 3)."""
