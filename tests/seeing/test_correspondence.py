"""Sign agreement by hand, hiding by hand, and what may not be asked."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab.datasets.faces import (
    DOGS,
    Face,
    caltech_faces,
    elsewhere,
    frontal_dogs,
    marked_photographs,
)
from cnnlab.datasets.packed import Packed
from cnnlab.seeing.correspondence import disagreement, hide, hide_parts, move_faces, sign_changes


def test_identical_faces_correspond_perfectly() -> None:
    x = torch.randn(1, 3, 12, 12).expand(5, 3, 12, 12)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    sign = sign_changes(net, x, hide(x, torch.full((5, 2), 6.0), 4), ["1"])["1"]
    assert float(sign.abs().sum()) > 0
    assert disagreement(sign) == 0


def test_flipped_signs_disagree_everywhere() -> None:
    sign = torch.tensor([[1.0, -1, 1, 1], [-1, 1, -1, -1]])
    assert disagreement(sign) == 1


def test_disagreement_by_hand() -> None:
    # pairs differ in 1 (the last), 2 (first and last) and 1 (the first) of four places
    sign = torch.tensor([[1.0, 0, -1, 0], [1, 0, -1, 1], [0, 0, -1, 1]])
    assert disagreement(sign) == pytest.approx(1 / 3)  # mean of 1/4, 2/4 and 1/4


def test_signs_have_three_values_and_rounding_is_none() -> None:
    before = torch.tensor([2.0, 1.0, 0.0, 1.0]).reshape(1, 4, 1, 1)
    after = torch.tensor([1.0, 2.0, 0.0, 1.0 + 1e-6]).reshape(1, 4, 1, 1)
    net = nn.Sequential(nn.Identity())
    assert sign_changes(net, before, after, ["0"])["0"].tolist() == [[1, -1, 0, 0]]
    with pytest.raises(ValueError, match="NaN"):
        sign_changes(net, before * torch.nan, after, ["0"])


def test_hiding_by_hand() -> None:
    x = torch.ones(2, 3, 8, 8)
    hidden = hide(x, torch.tensor([[4.0, 2.0], [0.0, 7.0]]), 2)
    assert float(x.min()) == 1
    assert float((hidden[0] == 0).sum()) == 3 * 4
    assert float(hidden[0, :, 1:3, 3:5].max()) == 0  # rows by y, columns by x
    assert float(hidden[1, :, 6:, :2].max()) == 0


def blank(mask: np.ndarray, parts: dict) -> Face:
    return Face(np.zeros((*mask.shape, 3), np.uint8), parts, mask=mask)


def test_elsewhere_keeps_off_the_parts() -> None:
    mask = np.zeros((40, 40), bool)
    mask[5:35, 5:35] = True
    parts = {"left_eye": (12.0, 12.0), "right_eye": (26.0, 12.0), "nose": (20.0, 24.0)}
    rng = np.random.default_rng(0)
    places = [elsewhere([blank(mask, parts)], 6, rng)[0] for _ in range(200)]
    assert len(set(places)) > 50
    for x, y in places:
        assert mask[int(y), int(x)]
        assert all(max(abs(x - px), abs(y - py)) >= 6 for px, py in parts.values())
    mask[:] = True  # a square at the border would hide less than one around a part
    places = np.array([elsewhere([blank(mask, parts)], 6, rng)[0] for _ in range(300)])
    assert places.min() >= 3 and places.max() <= 37
    crowded = np.zeros((40, 40), bool)
    crowded[12, 10:15] = True  # no room on the object: off the part, wherever that is
    face = blank(crowded, {"left_eye": (10.0, 12.0)})
    ((x, y),) = elsewhere([face], 6, rng)
    assert max(abs(x - 10), abs(y - 12)) >= 6
    with pytest.raises(ValueError, match="no face leaves room for a square of 39 px"):
        elsewhere([face], 39, rng)


def test_one_place_is_free_on_all_faces_or_on_most() -> None:
    left, right = np.zeros((2, 30, 30), bool)
    left[:, :20], right[:, 10:] = True, True
    far = {"nose": (2.0, 2.0)}
    faces, rng = [blank(left, far), blank(right, far)], np.random.default_rng(0)
    for _ in range(50):
        (x, y), again = elsewhere(faces, 6, rng)
        assert (x, y) == again
        assert 10 <= x < 20
    right[:, :20] = False  # no place is on both: two of the three have one
    (x, _), *_ = elsewhere([*faces, blank(right, far)], 6, rng)
    assert x >= 20


def test_a_moved_face_takes_its_parts_and_its_mask_along() -> None:
    rng = np.random.default_rng(0)
    mask = np.zeros((24, 30), bool)
    mask[8:12, 11:14] = True
    parts = {"nose": (12.0, 9.0), "left_eye": (4.0, 20.0)}
    faces = [Face(np.zeros((24, 30, 3), np.uint8), parts, mask=mask)] * 40
    x = torch.zeros(40, 3, 24, 30)
    x[:, :, 9, 12] = 5.0
    images, moved = move_faces(x, faces, 6, rng)
    for image, face in zip(images, moved, strict=True):
        (px, py), (ex, ey) = face.parts["nose"], face.parts["left_eye"]
        assert image[0, int(py), int(px)] == 5 and float(image.sum()) == 15
        assert face.mask is not None and face.mask[int(py), int(px)]
        assert face.mask.sum() == 12
        assert ex >= 3 and ey <= 21  # the whole square stays inside
        assert (px - 12, py - 9) == (ex - 4, ey - 20)
    shifts = np.array([face.parts["nose"] for face in moved]) - (12, 9)
    assert shifts.min(axis=0).tolist() == [-1, -6] and shifts.max(axis=0).tolist() == [6, 1]


def test_what_changes_in_both_is_judged_apart() -> None:
    # places that both faces of the one pair change: the first (alike) and the second (opposed)
    sign = torch.tensor([[1.0, 1, 0, -1], [1, -1, 1, 0]])
    assert disagreement(sign, changed=True) == 0.5
    assert disagreement(torch.tensor([[1.0, 0], [0, 1]]), changed=True) == 0  # none to judge


def test_a_square_carries_the_parts_along() -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[10:30, 20:40] = 200
    face = Face(picture, {"nose": (25.0, 20.0)}, "a face").square(20, 10, 20, 10)
    assert face.image.shape == (10, 10, 3)
    assert int(face.image.min()) == 200
    assert face.parts == {"nose": (2.5, 5.0)}
    with pytest.raises(ValueError, match="leaves the image of 60 x 40"):
        Face(picture, {}).square(45, 10, 20, 10)
    with pytest.raises(ValueError, match=r"nose at .* lies outside"):
        Face(picture, {"nose": (5.0, 5.0)}).square(20, 10, 20, 10)


def test_hidden_places_are_the_parts_or_lie_on_the_object() -> None:
    mask = np.zeros((20, 30), bool)
    mask[2:18, 4:28] = True
    parts = {"right_eye": (22.0, 6.0), "left_eye": (8.0, 6.0), "nose": (15.0, 12.0)}
    face = Face(np.zeros((20, 30, 3), np.uint8), parts, mask=mask)
    x = torch.ones(40, 3, 20, 30)
    hidden = hide_parts(x, [face] * 40, 4, np.random.default_rng(1))
    assert list(hidden) == ["right_eye", "left_eye", "nose", "random", "same_place"]
    assert torch.equal(hidden["nose"], hide(x, torch.tensor([[15.0, 12.0]] * 40), 4))
    squares = hidden["random"][:, 0] == 0  # (40, 20, 30)
    assert squares.sum(dim=(1, 2)).tolist() == [16] * 40
    assert len({tuple(square.flatten().tolist()) for square in squares}) > 10
    assert all((mask & square.numpy()).any() for square in squares)
    same = (hidden["same_place"][:, 0] == 0).unflatten(0, (8, 5))  # groups of five share a place
    assert torch.equal(same, same[:, :1].expand_as(same))
    assert len({tuple(group[0].flatten().tolist()) for group in same}) > 4


def test_frontal_faces_have_their_parts_on_the_animal() -> None:
    faces = frontal_dogs(12, side=64, pixels=56)
    assert [face.name for face in faces] == [*DOGS, *DOGS[:2]]
    for face in faces:
        assert face.image.shape == (56, 56, 3)
        assert face.mask is not None
        assert face.parts["left_eye"][0] < face.parts["nose"][0] < face.parts["right_eye"][0]
        assert all(face.mask[round(y), round(x)] for x, y in face.parts.values())


def test_committed_landmarks_are_dark_eyes() -> None:
    """An eye's pupil is darker than the face around it; the nose lies below and between them."""
    for face in marked_photographs(64):
        grey = face.image.mean(axis=2)
        for name in ("left_eye", "right_eye"):
            x, y = (round(v) for v in face.parts[name])
            assert grey[y - 2 : y + 3, x - 2 : x + 3].min() < 0.7 * grey[16:48, 16:48].mean(), name
        (left, up), (right, too), (nose, low) = (
            face.parts[p] for p in ("left_eye", "right_eye", "nose")
        )
        assert left < nose < right
        assert low > max(up, too) + 5


def test_faces_of_caltech_are_cut_out_with_their_parts() -> None:
    images = np.zeros((450, 64, 64, 3), np.uint8)
    images[:, :, :, 0] = np.minimum(np.arange(450), 255)[:, None, None]
    images[:, 32, 24, 1] = 200
    labels = np.array([0] * 10 + [1] * 440)
    packed = Packed(images, labels, ("Ants", "Faces_easy"), "caltech101", "all", "caltech101", "")
    faces = caltech_faces(packed, 56)
    assert len(faces) == 20 and len(faces) % 5 == 0
    assert faces[0].image[0, 0, 0] == 10 + 4  # image_0005 is the fifth of its class
    assert faces[0].image[28, 20, 1] == 200  # the middle 56 of 64 pixels
    for face in faces:
        (left, up), (right, _), (nose, low) = (
            face.parts[part] for part in ("left_eye", "right_eye", "nose")
        )
        assert left < nose < right and up < low
        assert face.mask is not None and face.free(12).sum() > 50
        assert all(face.mask[round(y), round(x)] for x, y in face.parts.values())


MARKED = {"photograph": "cat", "square": [95, 0, 300], "parts": {"nose": [265, 240]}}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"parts": {"nose": [451, 240]}}, r"nose at \(451, 240\) lies outside of the image of 451"),
        ({"parts": {"nose": [90, 240]}}, "nose at .* lies outside of the image of 64 x 64"),
        ({"square": [200, 0, 300]}, "leaves the image of 451 x 300"),
        ({"square": [95, 0]}, "is no list of"),
        ({"photograph": "unicorn"}, "no photograph 'unicorn'; there are cat"),
        ({"parts": {"nose": 3}}, "is no list of"),
        ({"parts": None}, "is no list of"),
    ],
)
def test_marked_photographs_that_are_refused(
    tmp_path: Path, change: dict[str, object], match: str
) -> None:
    path = tmp_path / "landmarks.json"
    path.write_text(json.dumps([MARKED]))
    assert marked_photographs(64, path)[0].name == "cat"
    path.write_text(json.dumps([MARKED | change]))
    with pytest.raises(ValueError, match=match):
        marked_photographs(64, path)


def test_a_broken_file_of_landmarks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "landmarks.json"
    with pytest.raises(ValueError, match="is no list of"):
        marked_photographs(64, path)
    path.write_text("{")
    with pytest.raises(ValueError, match="is no list of"):
        marked_photographs(64, path)


def test_refusals() -> None:
    x = torch.zeros(1, 3, 8, 8)
    with pytest.raises(ValueError, match=r"part at \(9, 2\) lies outside"):
        hide(x, torch.tensor([[9.0, 2.0]]), 2)
    with pytest.raises(ValueError, match="square of 9 px"):
        hide(x, torch.tensor([[4.0, 2.0]]), 9)
    with pytest.raises(ValueError, match="lies outside"):
        Face(np.zeros((8, 8, 3), np.uint8), {"nose": (3.0, -1.0)})
    with pytest.raises(ValueError, match="1 is too few"):
        disagreement(torch.zeros(1, 4))
