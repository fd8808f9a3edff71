"""One encoded image to RGB pixels, a square or whole, whatever its mode; never a damaged one."""

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFile, ImageOps

from cnnlab.datasets.errors import DataError

# Named, because Pillow's other readers start programs (EPS) or are rarely tested.
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "PPM", "TIFF", "WEBP")
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif"),
    *(".pgm", ".ppm", ".tif", ".tiff", ".webp"),
)
UNREAD = (".heic", ".heif", ".avif", ".jp2", ".jxl", ".svg", ".psd", ".dng", ".cr2", ".nef")
PIXEL_LIMIT = 100_000_000  # beyond it a file is a decompression bomb, not a photograph


def square(data: bytes, pixels: int) -> np.ndarray:
    """Decode `data`, resize its shortest side to `pixels` and cut the centre square (ZF 3.1).

    Returns uint8 `(pixels, pixels, 3)`; an image of that size already is returned as stored. Grey
    and palette images are spread to RGB, 16-bit ones scaled to 8 bits, transparency laid on white.
    Orientation tags are ignored, as by the usual loaders. Raises DataError with the reason alone:
    the caller knows the name.
    """
    with _decoding(data) as image:
        # A JPEG decodes at 1/2, 1/4, 1/8 scale for little; twice the target keeps it sharp.
        image.draft(None, (2 * pixels, 2 * pixels))
        image.load()
        return _cut(_rgb(image), pixels)


def fit(data: bytes, pixels: int) -> tuple[np.ndarray, float, tuple[int, int]]:
    """Decode `data` and scale its longer side down to `pixels`, if it is larger.

    Returns the image, uint8 (H, W, 3), its scale, and height and width before; raises DataError as
    `square` does.
    """
    with _decoding(data) as image:
        picture, scale = shrunk(_rgb(image), pixels)
        return np.asarray(picture), scale, (image.height, image.width)


def shrunk(picture: Image.Image, longest: int) -> tuple[Image.Image, float]:
    """A picture with its longer side scaled down to `longest`, if it is larger, and its scale."""
    scale = min(1.0, longest / max(picture.size))
    if scale == 1:
        return picture, scale
    to = [max(1, round(side * scale)) for side in picture.size]
    return picture.resize(to, Image.Resampling.BICUBIC, reducing_gap=3.0), scale


def upright(data: bytes) -> np.ndarray:
    """Decode `data` as a person sees it: turned as its orientation tag says, uint8 (H, W, 3).

    Raises DataError as `square` does.
    """
    with warnings.catch_warnings(), whole_images_only():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is another
        with _decoding(data) as image:
            image.load()
            return np.asarray(_rgb(ImageOps.exif_transpose(image)))


@contextlib.contextmanager
def _decoding(data: bytes) -> Iterator[Image.Image]:
    """The image that `data` encodes; whatever goes wrong meanwhile becomes a DataError."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise DataError(f"{image.width} x {image.height} pixels are too many")
            yield image
    except Image.DecompressionBombError as error:
        raise DataError("too many pixels") from error
    except Image.UnidentifiedImageError as error:
        raise DataError("not an image of a known format") from error
    except DataError:
        raise
    except Exception as error:  # Pillow's readers raise of every kind, down to struct.error
        raise DataError(str(error) or type(error).__name__) from error


@contextlib.contextmanager
def whole_images_only() -> Iterator[None]:
    """Refuse truncated images even where the process has told Pillow to accept them."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return image.convert("RGB")


def _from_deep(image: Image.Image) -> Image.Image:
    """16-bit grey to 8 bits by scale: Pillow's own conversion clips everything above 255."""
    values = np.asarray(image)  # (H, W)
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise DataError(f"mode {image.mode} with values outside 0..65535 is no photograph")
    grey = (values.astype(np.uint32) + 128) // 257
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def _cut(image: Image.Image, pixels: int) -> np.ndarray:
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    if side == pixels:
        return np.asarray(image.crop((int(left), int(top), int(left) + side, int(top) + side)))
    # Reduced first by whole steps, then resampled with a filter as wide as the shrinkage: no alias.
    box = (left, top, left + side, top + side)
    scaled = image.resize((pixels, pixels), Image.Resampling.BICUBIC, box, reducing_gap=3.0)
    return np.asarray(scaled)  # (pixels, pixels, 3)
