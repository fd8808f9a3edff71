"""What single units encode: selectivity, grandmother cells, distributed codes (AGM 3.2, 4, 5)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.units.ablation import (
        ablate,
        binarise,
        binarised_max_in_place,
        centre_place,
        map_shuffle,
        nonzero_shares,
        same_shuffle,
        sp_max,
        sp_max_in_place,
        sp_shuffle,
    )
    from cnnlab.units.box_probes import box_aps
    from cnnlab.units.boxes import BoxTask, KernelSpace, box_task
    from cnnlab.units.classification import SUBLAYERS, SceneSVM, pascal_cls
    from cnnlab.units.concepts import Concepts, window_concepts
    from cnnlab.units.dissection import (
        Dissection,
        dissect,
        dissected,
        marks_of,
        unit_ious,
        window_maps,
    )
    from cnnlab.units.distributed import (
        CONV,
        FULL,
        rank_by_weight,
        subset_scores,
        subset_sizes,
        sweep,
    )
    from cnnlab.units.filter_overlap import (
        chance_overlaps,
        others,
        overlaps,
        related,
        relation_gain,
        set_size,
        shuffled_overlaps,
    )
    from cnnlab.units.grandmother import (
        chance_aps,
        filter_ap_estimates,
        filter_aps,
        top_filters,
    )
    from cnnlab.units.imagenet import imagenet_hits
    from cnnlab.units.loose_ends import partners, tuning_jobs, two_layer_jobs
    from cnnlab.units.parts import focus, part_shares
    from cnnlab.units.precision import column_aps, precision_recall, redrawings
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
    from cnnlab.units.silencing import silencing
    from cnnlab.units.tuned import tuned_net, tuning_job
    from cnnlab.units.vectors import Boxes, box_features

__all__ = face(__name__)  # pyright: ignore
