"""One encoded image to one square: modes, geometry, and what must be refused."""

import numpy as np
import pytest
from pictures import encoded, noise
from PIL import Image, ImageFile

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import square, whole_images_only

RED = np.zeros((40, 40, 3), np.uint8) + np.array([200, 30, 60], np.uint8)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded(np.full((40, 40), 77, np.uint8)), (77, 77, 77)),
        (encoded(Image.fromarray(RED).quantize(4)), (200, 30, 60)),
        (encoded(Image.fromarray(RED).convert("RGBA")), (200, 30, 60)),
        (encoded(Image.new("RGBA", (40, 40), (200, 30, 60, 0))), (255, 255, 255)),
        (encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 51))), (204, 204, 204)),
        (encoded(Image.new("LA", (40, 40), (10, 255))), (10, 10, 10)),
        (encoded(Image.new("P", (40, 40), 0), transparency=0), (255, 255, 255)),
        (encoded(Image.new("1", (40, 40), 1)), (255, 255, 255)),
        (encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "TIFF"), (255, 0, 0)),
        (encoded(np.full((40, 40), 77 * 257, np.uint16)), (77, 77, 77)),
        (encoded(np.full((40, 40), 77 * 257, np.uint16), "TIFF"), (77, 77, 77)),
        (b"P5 40 40 65535\n" + np.full(1600, 77 * 257, ">u2").tobytes(), (77, 77, 77)),
        (encoded(RED, "BMP"), (200, 30, 60)),
        (encoded(RED, "WEBP", lossless=True), (200, 30, 60)),
    ],
    ids=(
        *("grey", "palette", "rgba", "clear", "half", "grey-alpha", "clear-palette", "bit"),
        *("cmyk", "png16", "tiff16", "pgm16", "bmp", "webp"),
    ),
)
@pytest.mark.parametrize("pixels", [40, 16])
def test_every_mode_becomes_rgb(data: bytes, expected: tuple[int, ...], pixels: int) -> None:
    image = square(data, pixels)
    assert image.shape == (pixels, pixels, 3) and image.dtype == np.uint8
    assert np.abs(image.reshape(-1, 3).astype(int) - expected).max() <= 1


def test_a_cmyk_jpeg_is_not_its_negative() -> None:
    data = encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = square(data, 40).reshape(-1, 3).mean(axis=0)
    assert red > 240 and green < 15 and blue < 15


def test_an_image_of_the_right_size_is_left_alone() -> None:
    assert np.array_equal(square(encoded(noise(1)), 40), noise(1))


@pytest.mark.parametrize("upright", [False, True])
def test_the_centre_square_is_cut(upright: bool) -> None:
    bands = np.zeros((40, 120, 3), np.uint8)
    bands[:, 40:80] = 255  # exactly the centre square
    image = bands.transpose(1, 0, 2) if upright else bands
    assert (square(encoded(image), 40) == 255).all()
    assert (square(encoded(image), 20)[1:-1, 1:-1] == 255).all()


def test_the_shortest_side_is_the_one_resized() -> None:
    ramp = np.repeat(np.arange(60, dtype=np.uint8)[None, :, None] * 4, 30, axis=0)  # (30, 60, 1)
    image = square(encoded(np.repeat(ramp, 3, axis=2)), 15)
    # Columns 15..44 are kept and halved: column j averages the columns 15 + 2j and 16 + 2j.
    expected = 4 * (15 + 2 * np.arange(15) + 0.5)
    assert np.abs(image[7, 1:-1, 0] - expected[1:-1]).max() <= 2


def test_shrinking_does_not_alias() -> None:
    board = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(square(encoded(board), 32).astype(int) - 127).max() <= 2


def test_a_small_image_is_enlarged() -> None:
    image = square(encoded(RED[:10, :12]), 32)
    assert image.shape == (32, 32, 3) and (image == RED[0, 0]).all()


def test_a_large_jpeg_decoded_at_a_lower_scale_looks_the_same() -> None:
    waves = np.add.outer(np.sin(np.arange(600) / 40), np.cos(np.arange(800) / 60))
    image = np.repeat(((waves + 2) * 60).astype(np.uint8)[..., None], 3, axis=2)
    exact = Image.fromarray(image[:, 100:700]).resize((32, 32), Image.Resampling.BOX)
    found = square(encoded(image, "JPEG", quality=95), 32)
    assert np.abs(found.astype(int) - np.asarray(exact)).max() <= 4


@pytest.mark.filterwarnings("ignore:Truncated File Read")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.95])
def test_a_truncated_image_is_refused(
    kind: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(noise(3, 64, 64), kind)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as some tutorials advise
    with whole_images_only(), pytest.raises(DataError):
        square(data[: int(len(data) * share)], 16)
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html>404</html>", "not an image"),
        (b"", "not an image"),
        (encoded(Image.new("1", (20_000, 10_000))), "too many"),
        (encoded(Image.new("F", (40, 40), 0.5), "TIFF"), "no photograph"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "not an image"),
    ],
    ids=["html", "empty", "bomb", "float", "program"],
)
def test_what_is_no_photograph_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        square(data, 32)
