"""R-CNN, from proposals to average precision (AGM 2.3 and 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.detection.boxes import Detections, check_boxes, edges, iou
    from cnnlab.detection.nms import nms, plain_nms

__all__ = face(__name__)  # pyright: ignore
