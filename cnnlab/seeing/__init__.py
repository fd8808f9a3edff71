"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""
