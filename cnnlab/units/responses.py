"""What every unit answers to every box or image: made once for a net, then opened (AGM appendix).

N boxes or images; a layer has C filters of p x p positions, p = 1 where it is fully connected.
"""

from collections.abc import Sequence

import numpy as np

from cnnlab.datasets import Packed
from cnnlab.probing.features import features
from cnnlab.profiles import PooledLayer
from cnnlab.profiles.sun import LAYERS
from cnnlab.training.trained import Trained


def responses(
    trained: Trained,
    packed: Packed,
    layers: Sequence[str] = LAYERS,
    *,
    checkpoint: int | None = None,
) -> dict[str, np.ndarray]:
    """Responses (N, C, p, p) float16 of each layer to a packed set, by name, memory-mapped.

    Layers have AGM's names ("conv-1" is pool1 ... "fc-7" relu7) or Caffe's; `checkpoint` reads the
    net as it was after that iteration, 0 before the first. They stream to disk batch by batch: no
    more is in memory than is looked at. Raises ValueError for a checkpoint that was not kept and
    for an unknown layer.

    >>> from cnnlab.datasets import load
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> values = responses(base_net("caffenet", TINY), load("imagenet", TINY, "val"))
    >>> values["conv-5"].shape, values["fc-7"].shape
    ((6, 24, 3, 3), (6, 408, 1, 1))
    """
    net = trained.net(checkpoint)
    shapes = {name: net.spec.shapes()[net.resolve(name)] for name in layers}
    rows = features(trained, packed, [PooledLayer(name) for name in layers], checkpoint=checkpoint)
    return {
        name: rows[name].reshape(len(packed), *(*shape, 1, 1)[:3]) for name, shape in shapes.items()
    }
