"""What a net's features are worth on other sets: linear probes and transfer (ZF 5, AGM 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.probing.calibration import probe_layers as probe_layers
    from cnnlab.probing.caltech import TransferSet as TransferSet
    from cnnlab.probing.caltech import transfer_sets as transfer_sets
    from cnnlab.probing.checkpoints import probe_checkpoints as probe_checkpoints
    from cnnlab.probing.clutter import ap_by_size as ap_by_size
    from cnnlab.probing.clutter import auc_by_group as auc_by_group
    from cnnlab.probing.contamination import planted_job as planted_job
    from cnnlab.probing.contamination import sharing_cells as sharing_cells
    from cnnlab.probing.features import embedding as embedding
    from cnnlab.probing.features import features as features
    from cnnlab.probing.metrics import accuracies as accuracies
    from cnnlab.probing.metrics import average_precision as average_precision
    from cnnlab.probing.near_duplicates import hashes as hashes
    from cnnlab.probing.near_duplicates import near_duplicates as near_duplicates
    from cnnlab.probing.pascal import SceneClassifier as SceneClassifier
    from cnnlab.probing.pascal import ap_estimates as ap_estimates
    from cnnlab.probing.pascal import average_precisions as average_precisions
    from cnnlab.probing.pascal import classes_won as classes_won
    from cnnlab.probing.pascal import classification_scenes as classification_scenes
    from cnnlab.probing.pascal import classify_scenes as classify_scenes
    from cnnlab.probing.pascal import scene_features as scene_features
    from cnnlab.probing.probes import LinearProbe as LinearProbe
    from cnnlab.probing.probes import predictions as predictions
    from cnnlab.probing.scratch import scratch_job as scratch_job
    from cnnlab.probing.scratch import scratch_jobs as scratch_jobs
    from cnnlab.probing.softmax import sigmoid_objective as sigmoid_objective
    from cnnlab.probing.softmax import softmax_objective as softmax_objective
    from cnnlab.probing.splits import folds as folds
    from cnnlab.probing.splits import shares as shares
    from cnnlab.probing.sun import sun_set as sun_set
    from cnnlab.probing.svm import svm_objective as svm_objective

__all__ = face(  # pyright: ignore
    __name__,
    calibration=("probe_layers",),
    caltech=("TransferSet", "transfer_sets"),
    checkpoints=("probe_checkpoints",),
    clutter=("ap_by_size", "auc_by_group"),
    contamination=("planted_job", "sharing_cells"),
    features=("embedding", "features"),
    metrics=("accuracies", "average_precision"),
    near_duplicates=("hashes", "near_duplicates"),
    pascal=(
        *(
            "SceneClassifier",
            "ap_estimates",
            "average_precisions",
            "classes_won",
            "classification_scenes",
        ),
        *("classify_scenes", "scene_features"),
    ),
    probes=("LinearProbe", "predictions"),
    scratch=("scratch_job", "scratch_jobs"),
    softmax=("sigmoid_objective", "softmax_objective"),
    splits=("folds", "shares"),
    sun=("sun_set",),
    svm=("svm_objective",),
)
