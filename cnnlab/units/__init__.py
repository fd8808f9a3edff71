"""What single units encode: selectivity, grandmother cells, distributed codes (AGM 3.2, 4, 5)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.units.ablation import (
        ablate,
        binarise,
        map_shuffle,
        nonzero_shares,
        sp_max,
        sp_max_in_place,
        sp_shuffle,
    )
    from cnnlab.units.boxes import BoxTask, KernelSpace, box_task
    from cnnlab.units.classification import SUBLAYERS, SceneSVM, pascal_cls
    from cnnlab.units.imagenet import imagenet_hits
    from cnnlab.units.loose_ends import partners, tuning_jobs, two_layer_jobs
    from cnnlab.units.pretraining import over_pretraining, weight_likeness
    from cnnlab.units.responses import responses
    from cnnlab.units.selectivity import (
        entropy_curve,
        filters_estimate,
        mcaue,
        percent_decrease,
        plain_selectivity,
        redrawn_curves,
        redrawn_decreases,
        selectivity,
        thresholds_of,
    )
    from cnnlab.units.tuned import tuned_net, tuning_job

__all__ = face(__name__)  # pyright: ignore
