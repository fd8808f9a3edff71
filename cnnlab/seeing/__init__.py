"""Looking inside a trained net: deconvnets, occlusion, invariance, correspondence (ZF 4)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.seeing.correspondence import disagreement as disagreement
    from cnnlab.seeing.correspondence import hide_parts as hide_parts
    from cnnlab.seeing.correspondence import sign_changes as sign_changes
    from cnnlab.seeing.deconvnet import deconvnet as deconvnet
    from cnnlab.seeing.deconvnet import plain_deconvnet as plain_deconvnet
    from cnnlab.seeing.diagnosis import bands as bands
    from cnnlab.seeing.diagnosis import beyond as beyond
    from cnnlab.seeing.diagnosis import beyond_grid as beyond_grid
    from cnnlab.seeing.diagnosis import fault_table as fault_table
    from cnnlab.seeing.diagnosis import layer1_filters as layer1_filters
    from cnnlab.seeing.diagnosis import layer2_projections as layer2_projections
    from cnnlab.seeing.diagnosis import measure_faults as measure_faults
    from cnnlab.seeing.evolution import agreement_with_end as agreement_with_end
    from cnnlab.seeing.evolution import learned_filters as learned_filters
    from cnnlab.seeing.evolution import strongest_over_time as strongest_over_time
    from cnnlab.seeing.evolution import time_to as time_to
    from cnnlab.seeing.hiding import correlations as correlations
    from cnnlab.seeing.hiding import map_projections as map_projections
    from cnnlab.seeing.hiding import object_masks as object_masks
    from cnnlab.seeing.hiding import projection_energy as projection_energy
    from cnnlab.seeing.inputs import CentreCrops as CentreCrops
    from cnnlab.seeing.invariance import invariance as invariance
    from cnnlab.seeing.invariance import transform as transform
    from cnnlab.seeing.invariance import transform_amounts as transform_amounts
    from cnnlab.seeing.layers import activations as activations
    from cnnlab.seeing.occlusion import occlusion as occlusion
    from cnnlab.seeing.occlusion import plain_occlusion as plain_occlusion
    from cnnlab.seeing.receptive import receptive_field as receptive_field
    from cnnlab.seeing.top import likeness as likeness
    from cnnlab.seeing.top import project_top as project_top
    from cnnlab.seeing.top import top_images as top_images
    from cnnlab.seeing.top import top_images_by_layer as top_images_by_layer
    from cnnlab.seeing.unpool import shared_switches as shared_switches
    from cnnlab.seeing.unpool import unpool as unpool

__all__ = face(  # pyright: ignore
    __name__,
    correspondence=("disagreement", "hide_parts", "sign_changes"),
    deconvnet=("deconvnet", "plain_deconvnet"),
    diagnosis=(
        "bands",
        "beyond",
        "beyond_grid",
        "fault_table",
        "layer1_filters",
        "layer2_projections",
        "measure_faults",
    ),
    evolution=("agreement_with_end", "learned_filters", "strongest_over_time", "time_to"),
    hiding=("correlations", "map_projections", "object_masks", "projection_energy"),
    inputs=("CentreCrops",),
    invariance=("invariance", "transform", "transform_amounts"),
    layers=("activations",),
    occlusion=("occlusion", "plain_occlusion"),
    receptive=("receptive_field",),
    top=("likeness", "project_top", "top_images", "top_images_by_layer"),
    unpool=("shared_switches", "unpool"),
)
