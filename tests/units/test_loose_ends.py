"""Nets of few units and of two layers: what they start from, and how alike filters are."""

import numpy as np
import torch

from cnnlab.artifacts import paths
from cnnlab.nets.convnet import weighted_layers
from cnnlab.nets.weights import load_net
from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net
from cnnlab.training.learn import initial_net
from cnnlab.units import loose_ends
from cnnlab.units.loose_ends import partners


def test_a_narrow_net_keeps_the_layers_below() -> None:
    base = base_net("caffenet", TINY)
    jobs = loose_ends.tuning_jobs(base, TINY)
    start = jobs["fc-ft-narrow"].start
    assert start is not None
    assert load_net(paths.cache() / start.net / "net.safetensors").spec.fc == {6: 40, 7: 40}
    old = weighted_layers(base.net().cpu())
    for name in ("fc-ft", "fc-ft-fresh", "fc-ft-narrow"):
        net = initial_net(jobs[name])
        new = weighted_layers(net)
        kept = [la for la in new if torch.equal(old[la].bias, new[la].bias)]  # pyright: ignore
        assert kept[:5] == ["conv1", "conv2", "conv3", "conv4", "conv5"]
        assert ("fc7" in kept) == (name == "fc-ft")
        assert not net.layers.conv5.weight.requires_grad  # pyright: ignore
    assert initial_net(jobs["fc-ft-narrow"])(torch.zeros(1, 3, 56, 56)).shape == (1, 20)


def test_two_layers_and_the_whole_net_learn_alike_from_other_starts() -> None:
    jobs = loose_ends.two_layer_jobs(TINY)
    whole, two = jobs["whole net"], jobs["two layers"]
    assert whole.recipe == two.recipe and whole.data == two.data
    assert [conv.maps for conv in two.spec.convs] == [conv.maps for conv in whole.spec.convs[:2]]
    assert two.spec.fc == {} and len({whole.seed, two.seed, 0}) == 3


def test_partners_are_found_wherever_the_pattern_lies_and_whatever_its_sign() -> None:
    rng = np.random.default_rng(0)
    waves = np.zeros((5, 3, 11, 11))
    for wave in waves:
        y, x = np.mgrid[:7, :7]
        angle, speed = rng.random() * np.pi, 0.8 + rng.random()
        wave[:, :7, :7] = np.cos(speed * (x * np.cos(angle) + y * np.sin(angle)))
    order = np.array([3, 0, 4, 1, 2])
    moved = -np.roll(waves, (2, 4), axis=(2, 3))[order]
    partner, alike = partners(waves, moved)
    assert order[partner].tolist() == [0, 1, 2, 3, 4]
    assert alike.min() > 0.999
    _, unlike = partners(waves, rng.normal(size=waves.shape))
    assert unlike.mean() < 0.8
