"""Photographs that come with libraries, and squares of them."""

import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from cnnlab.datasets import samples

SIZES = {"cat": (300, 451), "astronaut": (512, 512), "coffee": (400, 600), "rocket": (427, 640)}
SIZES |= {"temple": (427, 640), "flower": (427, 640)}


def test_each_photograph_is_there_offline_in_colour() -> None:
    assert samples.sample_names() == tuple(SIZES)
    for name, size in SIZES.items():
        photo = samples.sample_photograph(name)
        assert (photo.shape, photo.dtype) == ((*size, 3), np.uint8), name
        assert (photo[..., 0] != photo[..., 2]).mean() > 0.5, name  # no grey picture


def test_the_pixels_are_the_librarys() -> None:
    from skimage import data

    np.testing.assert_array_equal(samples.sample_photograph("cat"), data.chelsea())
    np.testing.assert_array_equal(
        samples.sample_photograph("temple"), load_sample_image("china.jpg")
    )


def test_every_photograph_is_credited() -> None:
    assert samples.__doc__
    assert [name for name in samples.sample_names() if name not in samples.__doc__] == []


def test_whole_photographs_come_first_each_in_its_middle() -> None:
    found = samples.sample_squares(60)
    assert found.shape[1:] == (60, 60, 3)
    for name, square in zip(samples.sample_names(), found, strict=False):
        photo = samples.sample_photograph(name).astype(float)
        side = min(photo.shape[:2])
        left = (photo.shape[1] - side) // 2
        middle = photo[:side, left : left + side].mean(axis=(0, 1))
        np.testing.assert_allclose(square.mean(axis=(0, 1)), middle, atol=2.5, err_msg=name)


def test_a_square_of_full_height_is_the_photograph_itself() -> None:
    cat = samples.sample_photograph("cat")
    np.testing.assert_array_equal(samples.sample_squares(300, scales=(1.0,))[0], cat[:, 75:375])


def test_larger_scales_share_halves_and_small_photographs_are_passed_over() -> None:
    found = samples.sample_squares(150, scales=(2.0,))  # the cat as it is, 451 px wide
    cat = samples.sample_photograph("cat")
    expected = [cat[y : y + 150, x : x + 150] for y in (0, 75, 150) for x in range(0, 302, 75)]
    np.testing.assert_array_equal(found[: len(expected)], np.stack(expected))
    # at 200 px and scale 2 the cat and the coffee are 400 px high or would have to be enlarged
    larger = samples.sample_squares(200, scales=(2.0,))
    np.testing.assert_array_equal(larger[9], samples.sample_photograph("coffee")[:200, :200])


def test_refusals() -> None:
    with pytest.raises(ValueError, match="no photograph 'dog'; there are cat, astronaut"):
        samples.sample_photograph("dog")
    with pytest.raises(ValueError, match="squares of 301 px; the photographs hold 1 to 300 px"):
        samples.sample_squares(301)
    with pytest.raises(ValueError, match="squares of 0 px"):
        samples.sample_squares(0)
    with pytest.raises(ValueError, match="below 1"):
        samples.sample_squares(64, scales=(1.0, 0.5))


def test_a_photograph_left_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(samples.FILES, "cat", ("skimage.data", "no.png"))
    with pytest.raises(ValueError, match=r"skimage here lacks its no\.png"):
        samples.sample_photograph("cat")
