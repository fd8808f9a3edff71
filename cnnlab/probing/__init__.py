"""What a net's features are worth on other sets: linear probes and transfer (ZF 5, AGM 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.probing.calibration import probe_layers
    from cnnlab.probing.caltech import TransferSet, transfer_sets
    from cnnlab.probing.checkpoints import probe_checkpoints
    from cnnlab.probing.clutter import ap_by_size, auc_by_group
    from cnnlab.probing.contamination import planted_job, sharing_cells
    from cnnlab.probing.features import embedding, features
    from cnnlab.probing.metrics import accuracies, average_precision
    from cnnlab.probing.near_duplicates import hashes, near_duplicates
    from cnnlab.probing.pascal import (
        SceneClassifier,
        ap_estimates,
        average_precisions,
        classes_won,
        classification_scenes,
        classify_scenes,
        scene_features,
    )
    from cnnlab.probing.probes import LinearProbe, predictions
    from cnnlab.probing.scratch import scratch_job, scratch_jobs
    from cnnlab.probing.softmax import sigmoid_objective, softmax_objective
    from cnnlab.probing.splits import folds, shares
    from cnnlab.probing.sun import sun_set
    from cnnlab.probing.svm import svm_objective

__all__ = face(__name__)  # pyright: ignore
