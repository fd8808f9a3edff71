"""What is lost without magnitude, and without place (AGM 5; the draft's Fig. 2).

Maps are (N, C, p, p), of N inputs and C filters. Magnitude goes by `binarise`; place goes by
shuffling, or by keeping one number a filter.
"""

import numpy as np


def binarise(values: np.ndarray) -> np.ndarray:
    """1 where a filter responds, x > 0, and 0 elsewhere; any shape (AGM 5.1).

    >>> binarise(np.array([[0.0, 0.2, 7.0, -1.0]]))
    array([[0., 1., 1., 0.]], dtype=float32)
    """
    return (values > 0).astype(np.float32)


def sp_shuffle(maps: np.ndarray, seed: int = 0) -> np.ndarray:
    """The p x p places permuted, anew for each input; the C responses at a place stay together.

    It is AGM 5.2's. Raises ValueError for values without places.

    >>> maps = np.arange(8.0).reshape(1, 2, 2, 2)
    >>> np.diff(sp_shuffle(maps).reshape(2, 4), axis=0)
    array([[4., 4., 4., 4.]])
    """
    places = _places(maps)  # (N, C, p * p)
    order = np.tile(np.arange(places.shape[2]), (len(maps), 1))  # (N, p * p)
    order = np.random.default_rng([seed, 31]).permuted(order, axis=1)
    return np.take_along_axis(places, order[:, None], axis=2).reshape(maps.shape)


def map_shuffle(maps: np.ndarray, seed: int = 0) -> np.ndarray:
    """The p x p places of every map permuted by itself, anew for each input (draft, Fig. 2).

    Raises ValueError for values without places.

    >>> sorted(map_shuffle(np.arange(4.0).reshape(1, 1, 2, 2)).ravel().tolist())
    [0.0, 1.0, 2.0, 3.0]
    """
    rng = np.random.default_rng([seed, 37])
    return rng.permuted(_places(maps), axis=2).reshape(maps.shape)


def same_shuffle(maps: np.ndarray, seed: int = 0) -> np.ndarray:
    """The p x p places permuted, alike for every input: the control of `sp_shuffle`.

    It only gives the places other names, and a linear classifier cannot tell. Raises ValueError for
    values without places.

    >>> same_shuffle(np.array([[[[1.0, 2, 3, 4]]], [[[5.0, 6, 7, 8]]]])).tolist()
    [[[[4.0, 3.0, 1.0, 2.0]]], [[[8.0, 7.0, 5.0, 6.0]]]]
    """
    places = _places(maps)
    order = np.random.default_rng([seed, 41]).permutation(places.shape[2])
    return places[:, :, order].reshape(maps.shape)


def sp_max(maps: np.ndarray) -> np.ndarray:
    """The largest response of every filter, wherever it is: (N, C) (AGM 5.2).

    Raises ValueError for values without places.

    >>> sp_max(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 7.]])
    """
    return _places(maps).max(axis=2)


def sp_max_in_place(maps: np.ndarray) -> np.ndarray:
    """Every map with nothing left but its largest response, at its place (draft, Fig. 2).

    Of equal ones the first stays. Raises ValueError for values without places.

    >>> sp_max_in_place(np.array([[[[0.0, 3], [2, 3]]]]))
    array([[[[0., 3.],
             [0., 0.]]]])
    """
    places = _places(maps)
    best = places.argmax(axis=2)[..., None]  # (N, C, 1)
    kept = np.zeros_like(places)
    np.put_along_axis(kept, best, np.take_along_axis(places, best, axis=2), axis=2)
    return kept.reshape(maps.shape)


def binarised_max_in_place(maps: np.ndarray) -> np.ndarray:
    """Where every filter responds most, and nothing else (the draft's sm-bn-lc).

    >>> binarised_max_in_place(np.array([[[[0.0, 3], [2, 1]]]])).tolist()
    [[[[0.0, 1.0], [0.0, 0.0]]]]
    """
    return binarise(sp_max_in_place(maps))


def one_place(maps: np.ndarray, seed: int = 0) -> np.ndarray:
    """The C responses at one place of each input, drawn at random: (N, C).

    The control of `sp_max`, which keeps as many numbers. Raises ValueError for values without
    places.

    >>> one_place(np.array([[[[5.0]], [[7.0]]]]))
    array([[5., 7.]])
    """
    return _places(sp_shuffle(maps, seed))[:, :, 0]


def centre_place(maps: np.ndarray) -> np.ndarray:
    """The C responses at the place in the middle: (N, C), as many numbers as `sp_max` keeps.

    Raises ValueError for values without places.

    >>> centre_place(np.arange(9.0).reshape(1, 1, 3, 3))
    array([[4.]])
    """
    places = _places(maps)
    return places[:, :, maps.shape[2] // 2 * maps.shape[3] + maps.shape[3] // 2]


def nonzero_shares(values: np.ndarray) -> np.ndarray:
    """Percentage of responses that are not zero in each of N inputs, (N,) (AGM Table 6).

    >>> nonzero_shares(np.array([[0.0, 0.0, 1.0, 2.0], [0.0, 0.0, 0.0, 3.0]]))
    array([50., 25.])
    """
    return 100 * (values != 0).reshape(len(values), -1).mean(axis=1)


def ablate(values: np.ndarray, name: str, seed: int = 0) -> np.ndarray:
    """Values (N, C, p, p) or (N, units) after the ablation of a name in `ABLATIONS`.

    Raises ValueError for another name, and where place is to be taken from values without any.

    >>> ablate(np.array([[[[1.0, 4], [0, 2]]]]), "max in place, binarised").tolist()
    [[[[0.0, 1.0], [0.0, 0.0]]]]
    """
    if name not in ABLATIONS:
        raise ValueError(f"no ablation {name!r}; there are {', '.join(ABLATIONS)}")
    if name == "none":
        return values
    ablation = ABLATIONS[name]
    return ablation(values, seed) if ablation in RANDOM else ablation(values)


def _places(maps: np.ndarray) -> np.ndarray:
    """Maps (N, C, p, p) as (N, C, p * p)."""
    if maps.ndim != 4:
        raise ValueError(
            f"place can be taken only from maps (N, C, p, p), not from values {maps.shape}"
        )
    return maps.reshape(*maps.shape[:2], -1)


RANDOM = (sp_shuffle, map_shuffle, same_shuffle, one_place)
ABLATIONS = {
    "none": None,
    "binarise": binarise,
    "sp-shuffle": sp_shuffle,
    "map-shuffle": map_shuffle,
    "same shuffle": same_shuffle,
    "sp-max": sp_max,
    "max in place": sp_max_in_place,
    "max in place, binarised": binarised_max_in_place,
    "one place": one_place,
}
