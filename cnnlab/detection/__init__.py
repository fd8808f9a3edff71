"""R-CNN, from proposals to average precision (AGM 2.3 and 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.detection.boxes import Detections, check_boxes, edges, iou
    from cnnlab.detection.detector import detect, picture_detections
    from cnnlab.detection.false_positives import false_positives, kinds_of_strongest
    from cnnlab.detection.features import window_features
    from cnnlab.detection.finetune import train_on_windows, window_job
    from cnnlab.detection.nms import nms, plain_nms
    from cnnlab.detection.proposals import best_overlaps, proposals, selective_search
    from cnnlab.detection.rcnn import (
        DetectionTask,
        Detector,
        Way,
        detection_task,
    )
    from cnnlab.detection.sampling import WindowBatches, window_labels
    from cnnlab.detection.shipped import shipped_detector
    from cnnlab.detection.svm_mining import Miner, SVMs, hinge_svm, mine, strongest_negatives
    from cnnlab.detection.voc_eval import (
        ap_estimates,
        average_precisions,
        lost_share,
        map_gain,
        match,
        precision_recall,
        redrawn_aps,
    )
    from cnnlab.detection.warp import plain_warp, warp
    from cnnlab.detection.windows import Windows, class_overlaps, with_truth
    from cnnlab.detection.workers import prepare

__all__ = face(__name__)  # pyright: ignore
