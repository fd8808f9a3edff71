"""Features over time: winners by brute force, times by hand."""

import numpy as np
import pytest
import torch

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing import evolution, means

SPEC = ZFNET.scaled(56, 0.1, 5)
NETS = {t: build(SPEC, seed=int(9 * t), init="he").eval() for t in (0.0, 0.5, 1.0)}
X = torch.randn(7, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 50


def test_winners_are_the_images_with_the_largest_value() -> None:
    found = evolution.strongest_over_time(NETS, X, ("layer2", "layer5"))
    for tap, over in found.items():
        for t, net in enumerate(NETS.values()):
            with torch.no_grad():
                maps = net.taps(X, [tap])[tap].numpy()
            for u in range(maps.shape[1]):
                n, y, x = over.image[t, u], over.y[t, u], over.x[t, u]
                assert maps[n, u, y, x] == maps[:, u].max()
    shown = evolution.projections(NETS, X, "layer2", found["layer2"], np.array([3, 1]))
    assert shown.shape[:3] == (3, 2, 3)
    assert evolution.in_rows(shown).shape[0] == 6


def test_agreement_is_correlation_with_the_last() -> None:
    found = evolution.agreement_with_end(NETS, X, ("layer3",))["layer3"]
    with torch.no_grad():
        first, last = (NETS[t].taps(X, ["layer3"])["layer3"].numpy() for t in (0.0, 1.0))
    spoke = [u for u in range(first.shape[1]) if first[:, u].std() and last[:, u].std()]
    for u in spoke:
        expected = np.corrcoef(first[:, u].ravel(), last[:, u].ravel())[0, 1]
        assert found[0, u] == pytest.approx(expected, abs=1e-4)
        assert found[-1, u] == pytest.approx(1, abs=1e-5)


def test_what_is_learned_has_nothing_of_the_start() -> None:
    start, added = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
    start[:, 0], added[:, 1] = 2.0, 5.0
    torch.testing.assert_close(evolution.learned(start, 0.3 * start + added), added)
    noise = torch.randn(4, 3, 5, 5)
    assert float(evolution.learned(noise, 0.8 * noise).abs().max()) < 1e-6


def test_time_to_a_level_by_hand() -> None:
    shares = np.array([0.0, 0.2, 0.6, 1.0])
    curves = np.array(
        [[0.0, 0.5, 1.0, 1.0], [0.95, 0.2, 0.95, 1.0], [0.9, 1, 1, 1], [0.3, np.nan, 1, np.nan]]
    )
    found = evolution.time_to(curves.T, shares, 0.9)
    assert found[0] == pytest.approx(0.2 + 0.4 * 0.8)  # from 0.5 at 0.2 to 1.0 at 0.6
    assert found[1] == pytest.approx(0.2 + 0.4 * 0.7 / 0.75)  # an early peak does not count
    assert found[2] == 0
    assert np.isnan(found[3])


def test_means_by_hand() -> None:
    e = means.average(np.array([1.0, 2.0, 3.0, np.nan]))
    assert (e.value, e.n) == (2.0, 3)
    assert e.high - e.low == pytest.approx(2 * 1.959964 / 3**0.5)
    assert means.correlation(np.array([1, 2, 3]), np.array([2, 4, 6])) == pytest.approx(1)
    assert np.isnan(means.correlation(np.ones(3), np.arange(3)))
    gap = means.difference(np.array([3.0, 5.0]), np.array([1.0, 1.0]))
    assert (gap.value, gap.n) == (3.0, 4)
    assert means.average(np.array([np.nan])).n == 0
