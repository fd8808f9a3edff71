"""Layers drawn anew: only those that were named, and what is like what by hand."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing import sanity
from cnnlab.seeing.deconvnet import strongest

NET = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()
X = torch.randn(4, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 50


def test_only_the_named_layers_are_drawn_anew_and_the_net_stays() -> None:
    before = {name: value.clone() for name, value in NET.state_dict().items()}
    with torch.no_grad():
        NET.layers.get_parameter("conv3.bias").fill_(1)
    new, again, other = (sanity.randomised(NET, ["conv3", "conv4"], seed) for seed in (0, 0, 1))
    torch.testing.assert_close(new.state_dict(), again.state_dict())
    for name, value in before.items():
        changed = not torch.equal(new.state_dict()[name], value)
        assert changed == (name in ("layers.conv3.weight", "layers.conv4.weight"))
        assert name == "layers.conv3.bias" or torch.equal(NET.state_dict()[name], value)
    old, drawn = (n.state_dict()["layers.conv4.weight"] for n in (NET, new))
    assert float(drawn.std() / old.std()) == pytest.approx(1, abs=0.05)
    assert not torch.equal(other.state_dict()["layers.conv4.weight"], drawn)
    with pytest.raises(ValueError, match="relu3 has no weights to draw; name a convolution"):
        sanity.randomised(NET, ["relu3"])


def test_the_gradient_is_the_slope_of_the_activation() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3)).double()
    x = torch.randn(2, 3, 9, 9, dtype=torch.float64)
    units = strongest(net, x, "2", [1, 0])
    slope = sanity.gradient(net, x, "2", units)
    step = 1e-5 * torch.randn_like(x)
    rows = torch.arange(2), units.unit, units.y, units.x
    with torch.no_grad():
        moved = (net(x + step)[rows] - net(x - step)[rows]) / 2
    torch.testing.assert_close((slope * step).sum(dim=(1, 2, 3)), moved, rtol=1e-3, atol=1e-9)


def test_rank_correlation_is_spearmans_of_strengths() -> None:
    a, b = torch.randn(2, 3, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    b[0] = 0
    found = sanity.rank_correlation(a, b)
    expected, _ = spearmanr(a[1].abs().sum(0).flatten(), b[1].abs().sum(0).flatten())
    assert found[1] == pytest.approx(expected)
    assert np.isnan(found[0])  # nothing is shown, so nothing agrees


def test_edges_lie_where_a_picture_changes() -> None:
    x = torch.zeros(1, 3, 5, 5)
    x[..., 3:] = 2.0
    assert torch.nonzero(sanity.edges(x)[0, 0])[:, 1].unique().tolist() == [2]


def test_layers_above_the_unit_never_matter_and_its_own_do() -> None:
    cases = sanity.randomisation_test(NET, X, 3, seed=0)
    assert list(cases) == [*sanity.random_layers(3), "another image", "edges"]
    for case, measures in cases.items():
        for name, values in measures.items():
            assert values.shape == (4,), (case, name)
            assert (np.abs(values) < 0.999).all(), (case, name)
    units = sanity.outstanding(NET, X, "conv3")
    assert (units.value == 1).all()
    above = sanity.randomised(NET, ["conv4", "conv5"])
    new, old = (sanity.both_ways(net, X, "conv3", units) for net in (above, NET))
    torch.testing.assert_close(new, old)
