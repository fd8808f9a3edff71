"""The papers' networks as data: one spec a net, and every ablation derived from it.

A net is up to five convolutional layers (conv, relu, optional pool, optional norm, in that order:
ZF Fig. 2), fully connected layers 6 and 7 with relu and dropout, and the classifier. The number of
a layer is its name for ever: with layers 3 and 4 removed, layer 5 is still conv5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Conv:
    """A convolutional layer: `maps` filters of `kernel` x `kernel`; pooling and LRN may follow."""

    layer: int
    maps: int
    kernel: int
    stride: int = 1
    pad: int = 0
    groups: int = 1
    pool: bool = False  # 3x3 maximum, stride 2
    norm: bool = False


@dataclass(frozen=True)
class Norm:
    """Constants of LRN; `alpha` multiplies the sum over the window, undivided."""

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 2.0


@dataclass(frozen=True)
class NetSpec:
    """A convnet in full: what `build` needs and what a checkpoint is checked against.

    >>> ZFNET.scaled(56, width=0.25, classes=100).shapes()["pool5"]
    (64, 3, 3)
    """

    name: str
    pixels: int  # side of the square input
    convs: tuple[Conv, ...]
    fc: Mapping[int, int]  # layer number -> units; without 6 and 7 the classifier reads pool5
    classes: int = 1000
    norm: Norm = Norm()
    ceil: bool = False  # pooling keeps the last, partial window
    dropout: float = 0.5
    scale: float = 1.0  # inputs are RGB pixels minus their mean, divided by this

    def without(self, *layers: int) -> "NetSpec":
        """This net with layers taken out, as in ZF Table 1; what remains keeps its numbers."""
        known = {c.layer for c in self.convs} | set(self.fc)
        if not set(layers) <= known:
            raise ValueError(f"{self.name} has layers {sorted(known)}; cannot remove {layers}")
        return replace(
            self,
            name=f"{self.name}-without-{'-'.join(map(str, layers))}",
            convs=tuple(c for c in self.convs if c.layer not in layers),
            fc={n: units for n, units in self.fc.items() if n not in layers},
        )

    def with_fc(self, units: int) -> "NetSpec":
        """This net with `units` in each of layers 6 and 7."""
        return replace(self, name=f"{self.name}-fc-{units}", fc=dict.fromkeys(self.fc, units))

    def with_maps(self, **maps: int) -> "NetSpec":
        """This net with other numbers of filters: `with_maps(conv3=512, conv4=1024, conv5=512)`."""
        convs = tuple(replace(c, maps=maps.get(f"conv{c.layer}", c.maps)) for c in self.convs)
        return replace(
            self, name="-".join([self.name, *(f"{v}" for v in maps.values())]), convs=convs
        )

    def scaled(self, pixels: int, width: float, classes: int) -> "NetSpec":
        """This net for small inputs: `width` times the filters and units, layer-1 stride halved.

        At 56 pixels a net made for 224 would end in a single position. Half the stride in layer 1,
        padding that keeps the borders, and pooling in ceil mode leave 3x3 positions in pool5.
        Short training wants inputs of unit scale: they are divided by 64, and LRN's alpha grows by
        64 squared, so that it normalises exactly as it does on pixels.
        """
        if pixels == self.pixels and width == 1.0:
            return replace(self, classes=classes)
        first, *rest = self.convs
        small = [replace(first, stride=max(1, first.stride // 2), pad=first.kernel // 2)]
        small += [replace(c, pad=c.kernel // 2) for c in rest]
        return replace(
            self,
            pixels=pixels,
            convs=tuple(replace(c, maps=_share(c.maps, width)) for c in small),
            fc={n: _share(units, width) for n, units in self.fc.items()},
            classes=classes,
            ceil=True,
            scale=64.0,
            norm=replace(self.norm, alpha=self.norm.alpha * 64**2),
        )

    def difference(self, expected: "NetSpec") -> str:
        """The first field in which this spec differs from another one, in words."""
        names = [*[f.name for f in fields(self)][1:], "name"]  # the name last: it may be all
        name = next(n for n in names if getattr(self, n) != getattr(expected, n))
        values = getattr(self, name), getattr(expected, name)
        return f"its {name} is {values[0]!r}, {expected.name} here has {values[1]!r}"

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every layer for one image: (C, H, W) up to pool5, (units,) above.

        Raises ValueError where the input is too small for a layer.
        """
        shapes: dict[str, tuple[int, ...]] = {}
        side = self.pixels
        for conv in self.convs:
            n = conv.layer
            side = (side + 2 * conv.pad - conv.kernel) // conv.stride + 1
            if side < (3 if conv.pool else 1):
                raise ValueError(f"{self.name}: {self.pixels} px are too few for layer {n}")
            shapes[f"conv{n}"] = shapes[f"relu{n}"] = (conv.maps, side, side)
            if conv.pool:
                side = _pooled(side, self.ceil)
                shapes[f"pool{n}"] = (conv.maps, side, side)
            if conv.norm:
                shapes[f"norm{n}"] = (conv.maps, side, side)
        for n, units in self.fc.items():
            shapes[f"fc{n}"] = shapes[f"relu{n}"] = (units,)
        shapes["fc8"] = shapes["prob"] = (self.classes,)
        return shapes


def _share(count: int, width: float) -> int:
    return max(8, round(count * width / 8) * 8)  # multiples of 8 fill the vector units


def _pooled(side: int, ceil: bool) -> int:
    """Positions of a 3x3, stride-2 pooling; a ceil-mode window must start inside the map."""
    return -(-(side - 3) // 2) + 1 if ceil else (side - 3) // 2 + 1


# ZF's replication of Krizhevsky's net: no groups, and the pad of 2 that makes 55 from 224.
ALEXNET = NetSpec(
    name="alexnet",
    pixels=224,
    convs=(
        Conv(1, 96, kernel=11, stride=4, pad=2, pool=True, norm=True),  # 55 -> 27
        Conv(2, 256, kernel=5, pad=2, pool=True, norm=True),  # 27 -> 13
        Conv(3, 384, kernel=3, pad=1),  # 13
        Conv(4, 384, kernel=3, pad=1),  # 13
        Conv(5, 256, kernel=3, pad=1, pool=True),  # 13 -> 6
    ),
    fc={6: 4096, 7: 4096},
)

# "Our model" of the arXiv version: the replication with wider layers 3, 4 and 5.
ZF2013 = replace(ALEXNET.with_maps(conv3=512, conv4=1024, conv5=512), name="zf2013")

# "Our model" of the ECCV version: smaller filters and strides below, the replication above.
ZFNET = replace(
    ALEXNET,
    name="zfnet",
    convs=(
        Conv(1, 96, kernel=7, stride=2, pad=1, pool=True, norm=True),  # 110 -> 55
        Conv(2, 256, kernel=5, stride=2, pool=True, norm=True),  # 26 -> 13
        *ALEXNET.convs[2:],
    ),
    ceil=True,
)

# AGM's net, the BVLC reference: two groups in layers 2, 4 and 5, Caffe's constants.
CAFFENET = NetSpec(
    name="caffenet",
    pixels=227,
    convs=(
        Conv(1, 96, kernel=11, stride=4, pool=True, norm=True),  # 55 -> 27
        Conv(2, 256, kernel=5, pad=2, groups=2, pool=True, norm=True),  # 27 -> 13
        Conv(3, 384, kernel=3, pad=1),  # 13
        Conv(4, 384, kernel=3, pad=1, groups=2),  # 13
        Conv(5, 256, kernel=3, pad=1, groups=2, pool=True),  # 13 -> 6
    ),
    fc={6: 4096, 7: 4096},
    norm=Norm(alpha=1e-4 / 5, k=1.0),
    ceil=True,
)
