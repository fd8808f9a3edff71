"""What single units encode: selectivity, grandmother cells, distributed codes (AGM 3.2, 4, 5)."""
