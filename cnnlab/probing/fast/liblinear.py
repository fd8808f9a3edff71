"""Some linear SVMs one after another by liblinear: the work of one process.

Imports no torch, so that processes start quickly. Threads would not do: liblinear draws its random
numbers from one generator for the whole process.
"""

from typing import Any

import numpy as np


def solve(
    features: np.ndarray, targets: np.ndarray, options: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (K, D) and bias (K,) for features (N, D) and targets (N, K) of -1 and 1.

    Options are those of scikit-learn's LinearSVC.
    """
    from sklearn.svm import LinearSVC

    models = [LinearSVC(**options).fit(features, column) for column in targets.T]
    return np.stack([m.coef_[0] for m in models]), np.array([m.intercept_.item() for m in models])
