"""What a net's features are worth on other sets: linear probes and transfer (ZF 5, AGM 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.probing.by_layer import probe_checkpoints, probe_untrained
    from cnnlab.probing.caltech import mean_accuracy, rival_jobs, transfer_sets
    from cnnlab.probing.features import features
    from cnnlab.probing.linear import softmax_objective, svm_objective
    from cnnlab.probing.metrics import (
        accuracies,
        auc_by_group,
        average_precision,
        average_precisions,
        halves_by_size,
    )
    from cnnlab.probing.near_duplicates import hashes, near_duplicates
    from cnnlab.probing.overlap import (
        copies_found,
        overlap_splits,
        planted_job,
        sharing_cells,
    )
    from cnnlab.probing.pascal import (
        SHORT,
        SceneClassifier,
        ap_estimates,
        ap_gain,
        classification_scenes,
        classify_scenes,
        misplaced,
        rank_agreement,
        redrawn_aps,
        scene_features,
    )
    from cnnlab.probing.probes import LinearProbe, predictions
    from cnnlab.probing.splits import folds
    from cnnlab.probing.sun import sun_set

__all__ = face(__name__)  # pyright: ignore
