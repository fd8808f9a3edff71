"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.seeing.chain import receptive_field
    from cnnlab.seeing.correspondence import disagreement, hide_parts, move_faces, sign_changes
    from cnnlab.seeing.deconvnet import deconvnet, only_strongest, plain_deconvnet, undo
    from cnnlab.seeing.diagnosis import (
        bands,
        fault_table,
        grid_excess,
        layer1_filters,
        layer2_projections,
        measure_faults,
    )
    from cnnlab.seeing.evolution import (
        agreement_with_end,
        at_constant_pace,
        share_travelled,
        time_to,
    )
    from cnnlab.seeing.hiding import correlations, map_projections, object_masks
    from cnnlab.seeing.inputs import CentreCrops
    from cnnlab.seeing.invariance import invariance, transform, transform_amounts
    from cnnlab.seeing.layers import activations
    from cnnlab.seeing.occlusion import occlusion, plain_occlusion
    from cnnlab.seeing.projection import shared_switches, unpool
    from cnnlab.seeing.sanity import (
        both_ways,
        gradient,
        outstanding,
        random_layers,
        randomisation_test,
        randomised,
    )
    from cnnlab.seeing.top import likeness, project_top, top_images

__all__ = face(__name__)  # pyright: ignore
