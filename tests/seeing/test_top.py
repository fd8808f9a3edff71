"""The top-9 search against sorting everything."""

import numpy as np
import pytest
import torch

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing.deconvnet import Units, project
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import activations
from cnnlab.seeing.top import likeness, project_top, top_images

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (40, 64, 64, 3), dtype=np.uint8)
MEAN = torch.from_numpy(RNG.uniform(90, 150, (64, 64, 3)).astype(np.float32))
CROPS = CentreCrops(MEAN, 56)
NET = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()


def test_it_is_the_head_of_the_sorted_list() -> None:
    found = top_images(NET, IMAGES, {"pool5": [4, 0]}, preprocess=CROPS, batch=7)["pool5"]
    maps = activations(NET, CROPS(IMAGES), "pool5")["pool5"].numpy()  # (40, C, 3, 3)
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
    together = top_images(NET, IMAGES, wanted, preprocess=CROPS, batch=11)
    assert set(together) == set(wanted)
    for tap, units in wanted.items():
        alone = top_images(NET, IMAGES, {tap: units}, preprocess=CROPS, batch=11)[tap]
        for name, values in vars(alone).items():
            np.testing.assert_array_equal(getattr(together[tap], name), values)


def test_batches_do_not_change_it_and_fully_connected_units_work() -> None:
    for tap in ("conv1", "relu6"):
        wanted = {tap: [3]}
        a, b = (top_images(NET, IMAGES, wanted, preprocess=CROPS, batch=n)[tap] for n in (40, 6))
        assert a.image.tolist() == b.image.tolist()


def test_copies_of_an_image_count_once() -> None:
    copies = np.concatenate([IMAGES[:12], IMAGES[:12], IMAGES[3:4]])
    found = top_images(NET, copies, {"pool5": [1]}, preprocess=CROPS, batch=5)["pool5"]
    once = top_images(NET, IMAGES[:12], {"pool5": [1]}, preprocess=CROPS)["pool5"]
    assert found.image.tolist() == once.image.tolist()


def test_fewer_than_nine_different_images_are_refused() -> None:
    same = np.repeat(IMAGES[:1], 30, axis=0)
    with pytest.raises(ValueError, match="1 different images are too few for the 9 strongest"):
        top_images(NET, same, {"pool5": [1]}, preprocess=CROPS)
    with pytest.raises(ValueError, match="8 different images"):
        top_images(NET, IMAGES[:8], {"pool5": [1]}, preprocess=CROPS)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="no layer 'pool7'"):
        top_images(NET, IMAGES, {"pool7": [1]}, preprocess=CROPS)
    with pytest.raises(ValueError, match="no unit 500"):
        top_images(NET, IMAGES, {"pool5": [500]}, preprocess=CROPS)
    with pytest.raises(ValueError, match="no unit -1"):
        top_images(NET, IMAGES, {"pool5": [0, -1]}, preprocess=CROPS)
    with pytest.raises(ValueError, match="no units of pool5 were asked for"):
        top_images(NET, IMAGES, {"pool5": []}, preprocess=CROPS)
    with pytest.raises(ValueError, match=r"cannot read images \(40, 3, 5, 5\)"):
        top_images(NET, IMAGES, {"pool5": [1]}, preprocess=CentreCrops(MEAN, 5))
    with pytest.raises(ValueError, match="smaller than the net's 56 px"):
        CentreCrops(MEAN[:40, :40], 56)(IMAGES[:, :40, :40])
    with pytest.raises(ValueError, match="their mean is"):
        CentreCrops(MEAN[:60], 56)(IMAGES)
    with pytest.raises(ValueError, match="not finite"):
        top_images(NET, IMAGES, {"pool5": [1]}, preprocess=CentreCrops(MEAN * torch.nan, 56))


def test_every_map_the_living_and_a_lot_of_them() -> None:
    net = build(ZFNET.scaled(56, 0.1, 5), init="he").eval()
    with torch.no_grad():
        net.layers.get_parameter("conv5.bias")[2] = -1e9  # a map that nothing excites
    found = top_images(net, IMAGES, "pool5", preprocess=CROPS)["pool5"]
    assert found.unit[:, 0].tolist() == list(range(net.spec.shapes()["pool5"][0]))
    dead = [u for u in range(len(found)) if found.value[u].min() <= 0]
    assert 2 in dead
    assert found.alive().unit[:, 0].tolist() == [u for u in range(len(found)) if u not in dead]
    few = found.alive().sample(3, np.random.default_rng(0))
    assert len(set(few.unit[:, 0].tolist()) - set(dead)) == 3
    np.testing.assert_array_equal(few.image, found.image[few.unit[:, 0]])
    assert len(found.sample(1000, np.random.default_rng(0))) == len(found)


def test_projections_and_patches_belong_to_what_was_found() -> None:
    found = top_images(NET, IMAGES, {"relu3": [2, 5]}, preprocess=CROPS)["relu3"]
    projection, patches = project_top(NET, IMAGES, "relu3", found, preprocess=CROPS)
    assert len(projection.pixels) == len(patches) == 18
    np.testing.assert_allclose(projection.value.numpy(), found.value.ravel(), rtol=1e-4)
    x = CROPS(IMAGES)
    last = Units(
        *(torch.tensor([int(f[1, 8])]) for f in (found.image, found.unit, found.y, found.x))
    )
    alone = project(NET, x, "relu3", last)
    torch.testing.assert_close(alone.pixels[0], projection.pixels[17])
    shown = alone.patches(x + CROPS.middle, last)[0]
    torch.testing.assert_close(shown, patches[17])
    assert float(patches.min()) >= 0 and float(patches.max()) <= 255


def test_inputs_and_pictures_are_inverse() -> None:
    x = CROPS(IMAGES[:3])
    np.testing.assert_array_equal(CROPS.pictures(x), IMAGES[:3, 4:60, 4:60])
    torch.testing.assert_close(
        x[0, 1, 0, 0], torch.tensor(float(IMAGES[0, 4, 4, 1])) - MEAN[4, 4, 1]
    )
    assert CROPS.middle.shape == (3, 56, 56)
    first = torch.from_numpy(IMAGES[:3]).permute(0, 3, 1, 2)
    assert torch.equal(CROPS(first), x)  # of either layout
    assert torch.equal(CROPS(IMAGES[:3, 4:60, 4:60]), x)  # crops of P px are taken as they are
    with pytest.raises(ValueError, match="uint8, 0 to 255, not float64"):
        CROPS(IMAGES[:3] / 255)


def test_likeness_by_hand() -> None:
    a = torch.randn(3, 4, 4)
    same = torch.stack([a, 2 * a + 5, 0.1 * a])
    opposite = torch.stack([a, -a, a])
    found = likeness(torch.stack([same, opposite]))
    assert found.tolist() == pytest.approx([1.0, -1 / 3], abs=1e-5)


def test_likeness_finds_what_moved() -> None:
    a = torch.randn(3, 10, 10, generator=torch.Generator().manual_seed(0))
    moved = torch.stack([a, 3 * a.roll((2, -1), (1, 2)) + 1])[None]
    assert float(likeness(moved, moves=2)) == pytest.approx(1, abs=1e-5)
    assert abs(float(likeness(moved))) < 0.3 and float(likeness(moved, moves=1)) < 0.5
    assert float(likeness(-moved.flip(1), moves=2)) == pytest.approx(1, abs=1e-5)
    assert float(likeness(torch.stack([a, -a])[None], moves=0)) == pytest.approx(-1, abs=1e-5)
