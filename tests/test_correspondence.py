"""Sign agreement by hand, hiding by hand, and what may not be asked."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab.seeing.correspondence import (
    Face,
    changes,
    disagreement,
    elsewhere,
    hide,
    read_faces,
    signs,
)


def test_identical_faces_correspond_perfectly() -> None:
    x = torch.randn(1, 3, 12, 12).expand(5, 3, 12, 12)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    sign = changes(net, x, hide(x, torch.full((5, 2), 6.0), 4), ["1"])["1"]
    assert float(sign.abs().sum()) > 0
    assert disagreement(sign).tolist() == [0.0] * 20


def test_flipped_signs_disagree_everywhere() -> None:
    sign = torch.tensor([[1.0, -1, 1, 1], [-1, 1, -1, -1]])
    assert disagreement(sign).tolist() == [1.0, 1.0]


def test_disagreement_by_hand() -> None:
    # pairs differ in 1 (the last), 2 (first and last) and 1 (the first) of four places
    sign = torch.tensor([[1.0, 0, -1, 0], [1, 0, -1, 1], [0, 0, -1, 1]])
    assert sorted(disagreement(sign).tolist()) == [0.25, 0.25, 0.25, 0.25, 0.5, 0.5]


def test_signs_have_three_values_and_rounding_is_none() -> None:
    before = torch.tensor([[2.0, 1.0, 0.0, 1.0]])
    after = torch.tensor([[1.0, 2.0, 0.0, 1.0 + 1e-6]])
    assert signs(before, after).tolist() == [[1, -1, 0, 0]]


def test_hiding_by_hand() -> None:
    x = torch.ones(2, 3, 8, 8)
    hidden = hide(x, torch.tensor([[4.0, 2.0], [0.0, 7.0]]), 2, fill=-1.0)
    assert float(x.min()) == 1
    assert float((hidden[0] == -1).sum()) == 3 * 4
    assert float(hidden[0, :, 1:3, 3:5].max()) == -1  # rows by y, columns by x
    assert float(hidden[1, :, 6:, :2].max()) == -1


def test_elsewhere_keeps_off_the_parts() -> None:
    mask = np.zeros((40, 40), bool)
    mask[5:35, 5:35] = True
    parts = {"left_eye": (12.0, 12.0), "right_eye": (26.0, 12.0), "nose": (20.0, 24.0)}
    rng = np.random.default_rng(0)
    places = [elsewhere(mask, parts, 6, rng) for _ in range(200)]
    assert len(set(places)) > 50
    for x, y in places:
        assert mask[int(y), int(x)]
        assert all(max(abs(x - px), abs(y - py)) >= 6 for px, py in parts.values())
    crowded = np.zeros((40, 40), bool)
    crowded[12, 10:15] = True
    assert elsewhere(crowded, {"left_eye": (10.0, 12.0)}, 6, rng) == (14.0, 12.0)


def test_faces_of_photographs_come_from_json(tmp_path: Path) -> None:
    path = tmp_path / "faces.json"
    picture = np.zeros((30, 40, 3), np.uint8)
    path.write_text(json.dumps([{"image": "cat", "parts": {"nose": [20, 15]}}]))
    (face,) = read_faces(path, {"cat": picture})
    assert face.parts == {"nose": (20.0, 15.0)}
    with pytest.raises(ValueError, match="image 'cat'; there are dog"):
        read_faces(path, {"dog": picture})
    path.write_text(json.dumps([{"image": "cat", "parts": {"nose": [20, 31]}}]))
    with pytest.raises(
        ValueError, match=r"nose at \(20, 31\) lies outside of the image of 40 x 30"
    ):
        read_faces(path, {"cat": picture})
    for broken in ("{", "{}", '[{"image": "cat"}]', '[{"image": "cat", "parts": {"nose": 3}}]'):
        path.write_text(broken)
        if broken == "{}":
            assert read_faces(path, {"cat": picture}) == []
            continue
        with pytest.raises(ValueError, match="is no list of"):
            read_faces(path, {"cat": picture})


def test_refusals() -> None:
    x = torch.zeros(1, 3, 8, 8)
    with pytest.raises(ValueError, match=r"part at \(9, 2\) lies outside"):
        hide(x, torch.tensor([[9.0, 2.0]]), 2)
    with pytest.raises(ValueError, match="square of 9 px"):
        hide(x, torch.tensor([[4.0, 2.0]]), 9)
    with pytest.raises(ValueError, match="lies outside"):
        Face(np.zeros((8, 8, 3), np.uint8), {"nose": (3.0, -1.0)})
    with pytest.raises(ValueError, match="NaN"):
        signs(torch.tensor([[torch.nan]]), torch.zeros(1, 1))
    with pytest.raises(ValueError, match="1 is too few"):
        disagreement(torch.zeros(1, 4))
    with pytest.raises(ValueError, match="mask is empty"):
        elsewhere(np.zeros((4, 4), bool), {"nose": (1, 1)}, 2, np.random.default_rng(0))
