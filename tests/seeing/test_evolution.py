"""Features over time: agreement held against numpy, times by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Recipe, resolve
from cnnlab.seeing import evolution
from cnnlab.seeing.layers import activations
from cnnlab.training.jobs import Job
from cnnlab.training.trained import Trained

SPEC = ZFNET.scaled(56, 0.1, 5)
NETS = {t: build(SPEC, seed=int(9 * t), init="he").eval() for t in (0.0, 0.5, 1.0)}
X = torch.randn(7, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 50


def test_agreement_is_correlation_with_the_last() -> None:
    found = evolution.agreement_with_end(NETS, X, ("layer3",))["layer3"]
    with torch.no_grad():
        first, last = (activations(NETS[t], X, ["layer3"])["layer3"].numpy() for t in (0.0, 1.0))
    spoke = [u for u in range(first.shape[1]) if first[:, u].std() and last[:, u].std()]
    for u in spoke:
        expected = np.corrcoef(first[:, u].ravel(), last[:, u].ravel())[0, 1]
        assert found[0, u] == pytest.approx(expected, abs=1e-4)
        assert found[-1, u] == pytest.approx(1, abs=1e-5)
    silent = [u for u in range(first.shape[1]) if not last[:, u].std()]
    assert np.isnan(found[:, silent]).all()


def test_a_map_silent_at_the_end_has_no_agreement() -> None:
    quiet = build(SPEC, seed=9, init="he").eval()
    with torch.no_grad():
        quiet.layers.get_parameter("conv3.bias")[1] = -1e9
    found = evolution.agreement_with_end({0.0: NETS[1.0], 1.0: quiet}, X, ("layer3",))["layer3"]
    assert np.isnan(found[:, 1]).all()
    assert np.isfinite(found[:, 0]).all()


def test_the_copies_of_a_training_begin_at_its_seed(tmp_path: Path) -> None:
    recipe = Recipe(images=96, batch=32, init="he")
    trained = Trained(tmp_path, Job(SPEC, recipe, 3), resolve("smoke"))
    start, one, end = (build(SPEC, seed=s, init="he") for s in (3, 4, 5))
    save_net(one, tmp_path / "checkpoint-0000001.safetensors")
    save_net(end, tmp_path / "net.safetensors")
    (tmp_path / "history.json").write_text('[{"iteration": 3}]')
    copies = trained.copies()
    assert list(copies) == pytest.approx([0, 1 / 3, 1])
    for net, expected in zip(copies.values(), (start, one, end), strict=True):
        for a, b in zip(net.parameters(), expected.parameters(), strict=True):
            torch.testing.assert_close(a, b)


def test_refusals() -> None:
    measure = evolution.agreement_with_end
    with pytest.raises(ValueError, match="no layer 'layer9'"):
        measure(NETS, X, ("layer9",))
    with pytest.raises(ValueError, match=r"9, 9\).*too small; give images"):
        measure(NETS, X[:, :, :9, :9], ("layer5",))
    with pytest.raises(ValueError, match="activations of layer2 are not finite"):
        measure(NETS, X * torch.nan, ("layer2",))
    with pytest.raises(ValueError, match="no images"):
        measure(NETS, X[:0], ("layer2",))


def test_a_frozen_layer_does_not_converge_first() -> None:
    """By agreement it is finished at the start; by the way it has gone it never sets out."""
    frozen = {}
    for share, net in NETS.items():
        frozen[share] = build(SPEC, seed=0).eval()
        frozen[share].load_state_dict(net.state_dict())
        frozen[share].layers.get_submodule("conv1").load_state_dict(
            NETS[1.0].layers.get_submodule("conv1").state_dict()
        )
    shares = np.array(list(frozen))
    agreement = evolution.agreement_with_end(frozen, X, ("relu1", "layer3"))
    alive = np.isfinite(agreement["relu1"][-1])
    assert alive.any()
    assert (evolution.time_to(agreement["relu1"], shares, 0.9)[alive] == 0).all()
    gone = {layer: evolution.share_travelled(a) for layer, a in agreement.items()}
    assert np.isnan(evolution.time_to(gone["relu1"], shares, 0.9)).all()
    assert np.nanmin(evolution.time_to(gone["layer3"], shares, 0.9)) > 0


def test_at_constant_pace_all_weights_go_straight() -> None:
    start, middle, end = evolution.at_constant_pace(NETS).values()
    for a, b, c in zip(*(net.parameters() for net in (start, middle, end)), strict=True):
        torch.testing.assert_close(b, (a + c) / 2)
    torch.testing.assert_close(start.state_dict(), NETS[0.0].state_dict())
    torch.testing.assert_close(end.state_dict(), NETS[1.0].state_dict())


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
