"""The top-9 search against sorting everything."""

import numpy as np
import pytest
import torch

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing.deconvnet import Units, project
from cnnlab.seeing.inputs import central, inputs, pictures
from cnnlab.seeing.layers import activations
from cnnlab.seeing.top import likeness, project_top, top, tops

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (40, 64, 64, 3), dtype=np.uint8)
MEAN = torch.from_numpy(RNG.uniform(90, 150, (64, 64, 3)).astype(np.float32))
NET = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()


def test_it_is_the_head_of_the_sorted_list() -> None:
    found = top(NET, IMAGES, MEAN, "pool5", [4, 0], pixels=56, batch=7)
    with torch.no_grad():
        maps = activations(NET, inputs(IMAGES, MEAN, 56), ["pool5"])[
            "pool5"
        ].numpy()  # (40, C, 3, 3)
    for row, unit in enumerate((4, 0)):
        peak = maps[:, unit].max(axis=(1, 2))
        order = np.argsort(-peak)[:9]
        assert found.image[row].tolist() == order.tolist()
        np.testing.assert_allclose(found.value[row], peak[order], rtol=1e-5)
        for image, y, x, value in zip(
            order, found.y[row], found.x[row], found.value[row], strict=True
        ):
            assert maps[image, unit, y, x] == pytest.approx(value, rel=1e-5)
    assert found.unit[:, 0].tolist() == [4, 0]


def test_several_taps_in_one_pass_are_each_alone() -> None:
    wanted = {"layer3": [2, 0], "relu6": None, "pool5": [1]}
    together = tops(NET, IMAGES, MEAN, wanted, pixels=56, batch=11)
    assert set(together) == set(wanted)
    for tap, units in wanted.items():
        alone = top(NET, IMAGES, MEAN, tap, units, pixels=56, batch=11)
        for name, values in vars(alone).items():
            np.testing.assert_array_equal(getattr(together[tap], name), values)


def test_batches_do_not_change_it_and_fully_connected_units_work() -> None:
    for tap in ("conv1", "relu6"):
        a, b = (top(NET, IMAGES, MEAN, tap, [3], pixels=56, batch=n) for n in (40, 6))
        assert a.image.tolist() == b.image.tolist()


def test_copies_of_an_image_count_once() -> None:
    copies = np.concatenate([IMAGES[:12], IMAGES[:12], IMAGES[3:4]])
    found = top(NET, copies, MEAN, "pool5", [1], pixels=56, batch=5)
    once = top(NET, IMAGES[:12], MEAN, "pool5", [1], pixels=56)
    assert found.image.tolist() == once.image.tolist()


def test_fewer_than_nine_different_images_are_refused() -> None:
    same = np.repeat(IMAGES[:1], 30, axis=0)
    with pytest.raises(ValueError, match="1 different images are too few for the 9 strongest"):
        top(NET, same, MEAN, "pool5", [1], pixels=56)
    with pytest.raises(ValueError, match="8 different images"):
        top(NET, IMAGES[:8], MEAN, "pool5", [1], pixels=56)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="no layer 'pool7'"):
        top(NET, IMAGES, MEAN, "pool7", [1], pixels=56)
    with pytest.raises(ValueError, match="no unit 500"):
        top(NET, IMAGES, MEAN, "pool5", [500], pixels=56)
    with pytest.raises(ValueError, match="no unit -1"):
        top(NET, IMAGES, MEAN, "pool5", [0, -1], pixels=56)
    with pytest.raises(ValueError, match="no units of pool5 were asked for"):
        top(NET, IMAGES, MEAN, "pool5", [], pixels=56)
    with pytest.raises(ValueError, match="5 x 5 px is smaller than the receptive field"):
        top(NET, IMAGES, MEAN, "pool5", [1], pixels=5)
    with pytest.raises(ValueError, match="smaller than the net's 56 px"):
        top(NET, IMAGES[:, :40, :40], MEAN[:40, :40], "pool5", [1], pixels=56)
    with pytest.raises(ValueError, match="their mean is"):
        top(NET, IMAGES, MEAN[:60], "pool5", [1], pixels=56)
    with pytest.raises(ValueError, match="not finite"):
        top(NET, IMAGES, MEAN * torch.nan, "pool5", [1], pixels=56)


def test_every_map_the_living_and_a_lot_of_them() -> None:
    net = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()
    with torch.no_grad():
        net.layers.get_parameter("conv5.bias")[2] = -1e9  # a map that nothing excites
    found = top(net, IMAGES, MEAN, "pool5", pixels=56)
    assert found.unit[:, 0].tolist() == list(range(net.spec.shapes()["pool5"][0]))
    dead = [u for u in range(len(found)) if found.value[u].min() <= 0]
    assert 2 in dead
    assert found.alive().unit[:, 0].tolist() == [u for u in range(len(found)) if u not in dead]
    few = found.alive().lot(3, np.random.default_rng(0))
    assert len(set(few.unit[:, 0].tolist()) - set(dead)) == 3
    np.testing.assert_array_equal(few.image, found.image[few.unit[:, 0]])
    assert len(found.lot(1000, np.random.default_rng(0))) == len(found)


def test_projections_and_patches_belong_to_what_was_found() -> None:
    found = top(NET, IMAGES, MEAN, "relu3", [2, 5], pixels=56)
    projection, patches = project_top(NET, IMAGES, MEAN, "relu3", found, pixels=56)
    assert len(projection.pixels) == len(patches) == 18
    np.testing.assert_allclose(projection.value.numpy(), found.value.ravel(), rtol=1e-4)
    x = inputs(IMAGES, MEAN, 56)
    last = Units(
        *(torch.tensor([int(f[1, 8])]) for f in (found.image, found.unit, found.y, found.x))
    )
    alone = project(NET, x, "relu3", last)
    torch.testing.assert_close(alone.pixels[0], projection.pixels[17])
    shown = alone.patches(x + central(MEAN, 56), last)[0]
    torch.testing.assert_close(shown, patches[17])
    assert float(patches.min()) >= 0 and float(patches.max()) <= 255


def test_inputs_and_pictures_are_inverse() -> None:
    x = inputs(IMAGES[:3], MEAN, 56)
    np.testing.assert_array_equal(pictures(x, MEAN), IMAGES[:3, 4:60, 4:60])
    torch.testing.assert_close(
        x[0, 1, 0, 0], torch.tensor(float(IMAGES[0, 4, 4, 1])) - MEAN[4, 4, 1]
    )
    assert central(MEAN, 56).shape == (3, 56, 56)


def test_likeness_by_hand() -> None:
    a = torch.randn(3, 4, 4)
    same = torch.stack([a, 2 * a + 5, 0.1 * a])
    opposite = torch.stack([a, -a, a])
    found = likeness(torch.stack([same, opposite]))
    assert found.tolist() == pytest.approx([1.0, -1 / 3], abs=1e-5)
