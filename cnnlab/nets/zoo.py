"""Nets by name, and the rows of the two ablation tables as specs (ZF Table 1; ECCV Table 3)."""

from cnnlab.nets.spec import ALEXNET, CAFFENET, ZF2013, ZFNET, NetSpec

NETS = {spec.name: spec for spec in (ALEXNET, ZF2013, ZFNET, CAFFENET)}  # at full size
WIDE = {"conv3": 512, "conv4": 1024, "conv5": 512}


def spec(name: str) -> NetSpec:
    """One of the four nets at full size; raises ValueError with their names for any other.

    >>> spec("zfnet").shapes()["pool5"]
    (256, 6, 6)
    """
    if name not in NETS:
        raise ValueError(f"no net {name!r}; there are {', '.join(NETS)}")
    return NETS[name]


def zf_table1() -> dict[str, NetSpec]:
    """Rows of ZF Table 1 (arXiv), keyed as in data/published/zf-table1.csv.

    >>> [conv.layer for conv in zf_table1()["removed-layers-3-4"].convs]
    [1, 2, 5]
    """
    return {
        "krizhevsky-replication": ALEXNET,
        "removed-layers-3-4": ALEXNET.without(3, 4),
        "removed-layer-7": ALEXNET.without(7),
        "removed-layers-6-7": ALEXNET.without(6, 7),
        "removed-layers-3-4-6-7": ALEXNET.without(3, 4, 6, 7),
        "fc-2048": ALEXNET.with_fc(2048),
        "fc-8192": ALEXNET.with_fc(8192),
        "fc-4096": ALEXNET,  # printed twice in the paper, trained once
        "our-model": ZF2013,
        "our-model-fc-8192": ZF2013.with_fc(8192),
    }


def zf14_table3() -> dict[str, NetSpec]:
    """Rows of the ECCV version's Table 3, keyed as in data/published/zf14-table3.csv.

    >>> len(zf14_table3())
    12
    """
    wide = ZFNET.with_maps(**WIDE)
    return {
        **dict(list(zf_table1().items())[:7]),  # the same cuts of Krizhevsky's net
        "our-model": ZFNET,
        "our-model-fc-2048": ZFNET.with_fc(2048),
        "our-model-fc-8192": ZFNET.with_fc(8192),
        "our-model-conv345-512-1024-512": wide,
        "our-model-conv345-512-1024-512-fc-8192": wide.with_fc(8192),
    }
