"""What the notebooks on scenes, detection and units ask for (ZF Table 6, AGM)."""

from dataclasses import replace

from cnnlab.datasets.sources import WORLD
from cnnlab.plan.work import PROPOSALS, Amounts, Entries, Work, fits
from cnnlab.profiles import PooledLayer, role_size
from cnnlab.profiles.sun import LAYERS
from cnnlab.units.classification import SUBLAYERS
from cnnlab.units.distributed import CONV, FULL

VOC = 20  # classes
HEAD = ("fc-6", "fc-7")
STORED = 2 * 0.28 + 1 / 8  # bytes of a window's value: 28% are not zero (AGM 5.1), a bit for each
MINED = 0.4  # of the passes of a whole fit: most windows are easy negatives, looked at once


def scenes(a: Amounts) -> Entries:
    """Notebooks 12 and 13: scenes of PASCAL and of SUN."""
    p, zf, caffe = a.profile, a.zfnet, a.caffenet
    (learn, test), objects = a.ends("pascal-2012"), a.sets["pascal-2012"].objects
    learn -= test if role_size(p, "pascal-2012").source == "voc2012" else 0  # `trainval` holds it
    chosen = fits(p.pascal.costs, p.pascal.rounds)
    images, sun = a.images("sun"), p.sun
    examples, layers = sun.train * images, sun.layers()
    k, frozen = a.sets["sun"].classes, fits(sun.costs, sun.rounds, sun.runs)
    return {
        "12_pascal": [
            *a.packed("pascal-2012"),
            *a.base("zfnet"),
            a.read("scenes", zf, learn + test, ["layer7"]),
            a.read("objects", zf, objects * (learn + 2 * test), ["layer7"]),
            a.probe("classifiers of scenes", 2 * learn, zf, ["layer7"], VOC, chosen),
            a.probe("classifiers of objects", objects * learn, zf, ["layer7"], VOC, chosen),
        ],
        "13_scenes": [
            *a.packed("sun"),
            *a.base("caffenet"),
            a.read("layers", caffe, images, layers),
            a.read("untrained layers", caffe, images, ["conv-2", "fc-7"]),
            a.probe("SVMs", examples, caffe, [*layers, "conv-2", "fc-7", "fc-7"], k, frozen),
            a.tuned("scratch", "sun", p.rival, sun.runs),
            *(a.tuned(way, "sun", sun.tuning, sun.runs) for way in ("fc-ft-fresh", "fc-ft", "ft")),
        ],
    }


def detection(a: Amounts) -> Entries:
    """Notebooks 14 to 16: fine-tuning on windows, and detectors."""
    p, d, sun, size = a.profile, a.profile.detection, a.profile.sun, a.sets["pascal"]
    train, test = (d.pictures * n for n in a.ends("pascal"))
    extra = d.pictures * a.ends("pascal-extra")[0]
    side, drawn = role_size(p, "pascal").pixels, role_size(p, "pascal").source == WORLD
    area = side**2 * (1 if drawn else 0.75)  # photographs are 4:3
    search = Work(PROPOSALS, "selective search", (train + test + extra) * area)
    windows, caffe = (train + test) * d.proposals, a.caffenet

    def tuned(net: str) -> Work:
        return a.tuned(net, "windows", d.scratch if "scratch" in net else d.tuning)

    def detector(net: str, layer: str, changes: int = 1) -> list[Work]:
        """The windows of a net, of which fc-6 and fc-7 are read together, and SVMs on a layer."""
        group = HEAD if layer in HEAD else (layer,)
        read = a.read(f"windows, {net}, {group}", caffe, windows, group)
        mine = a.probe(
            f"hard negatives, {net}, {layer}", windows, caffe, [layer], VOC, MINED * changes
        )
        return [replace(read, bytes=STORED / 2 * read.bytes), replace(mine, memory=0.0)]

    start = [*a.packed("pascal", "pascal-extra"), *a.base("caffenet"), search]
    nets = [f"{way}{data}" for way in ("scratch", "ft", "fc-ft") for data in ("", "+data")]
    pictures, boxes = sum(a.ends("pascal")), size.objects * sum(a.ends("pascal"))
    layers, places = 3 * ["conv-5", *HEAD], 2 * [*LAYERS, *LAYERS[:5]]
    starts = ["50k", "105k", "205k"]
    return {
        "14_fine_tuning": [
            *start,
            *a.packed("sun"),
            a.tuned("scratch", "sun", p.rival, sun.runs),
            *(a.tuned(way, "sun", sun.tuning, sun.runs) for way in ("fc-ft", "ft")),
            *(tuned(net) for net in nets),
            *(one for net in ("pre-train", *nets) for one in detector(net, "fc-7")),
        ],
        "15_detection": [
            *start,
            *(tuned(net) for net in ("ft", "fc-ft, fresh")),
            *(one for net in ("pre-train", "ft") for one in detector(net, "conv-5")),
            *(one for net in ("pre-train", "ft", "fc-ft, fresh") for one in detector(net, "fc-6")),
            *detector("fc-ft, fresh", "fc-7"),
            a.read("scenes, three nets", caffe, 3 * pictures, ["conv-5", *HEAD]),
            a.probe("SVMs on scenes", pictures, caffe, layers, VOC, a.chosen),
            a.read("boxes", caffe, 3 * boxes, LAYERS),
            a.probe("SVMs on boxes", boxes, caffe, places, VOC, a.chosen),
        ],
        "16_pretraining_and_detection": [
            *start,
            *(a.tuned(f"ft from {n}", "sun", sun.tuning, sun.early_runs) for n in starts),
            a.read("scenes, four nets", caffe, 4 * a.images("sun"), ["fc-7"]),
            *(tuned(f"ft from {n}") for n in starts),
            *(one for n in starts for one in detector(f"ft from {n}", "fc-7")),
            *detector("ft from 50k", "conv-5"),
            *detector("ft", "conv-5", changes=7),
        ],
    }


def units(a: Amounts) -> Entries:
    """Notebooks 17 to 22: what single units answer to boxes, and what layers are worth."""
    p, u, caffe, points = a.profile, a.profile.units, a.caffenet, 2 + a.kept
    (learn, test), objects = a.ends("pascal"), a.sets["pascal"].objects
    boxes, held = objects * learn, objects * test
    start = [*a.packed("pascal"), *a.base("caffenet")]
    tuned = a.tuned("ft", "boxes", u.tuning)
    codes, sizes = ("conv-5", "fc-7"), (len(CONV), len(FULL))
    kept = a.read("boxes in two layers", caffe, 3 * (boxes + held), codes)  # of three nets
    sweeps = [  # of two nets; subsets have half of the filters on average
        a.probe(f"subsets of {layer}", boxes, caffe, [PooledLayer(layer, 1)], VOC, 2 * count / 2)
        for layer, count in zip(codes, sizes, strict=True)
    ]
    places, ways = [*LAYERS, *LAYERS], 7  # as they are and binarised; ablations of place
    ablated = [*places, *(ways * LAYERS[:5]), *places, *(2 * LAYERS[:5]), *SUBLAYERS]
    train, val = a.ends("imagenet")
    some = min(train, u.spmax_images * a.sets["imagenet"].classes or train)
    shallow = caffe.without(*range(3, 8))
    return {
        "17_selectivity": [*start, tuned, a.read("boxes, two nets", caffe, 2 * held, LAYERS)],
        "18_grandmother": [*start, tuned, kept, a.read("concepts", caffe, 3 * held)],
        "19_distributed": [*start, tuned, kept, *sweeps],
        "20_magnitude_location": [
            *start,
            a.read("scenes", caffe, 2 * (learn + test), [*LAYERS, *SUBLAYERS]),
            a.probe("SVMs on scenes", learn, caffe, ablated, VOC, a.chosen),
            a.read("ImageNet's conv-5", caffe, some + val, ["conv-5"]),
            a.probe("SVMs on ImageNet", some, caffe, 2 * ["conv-5"], a.sets["imagenet"].classes),
        ],
        "21_pretraining": [
            *start,
            a.read("scenes along the training", caffe, points * (learn + test), LAYERS),
            a.probe("SVMs along the training", learn, caffe, points * LAYERS, VOC, a.chosen),
        ],
        "22_loose_ends": [
            *start,
            tuned,
            *(a.tuned(f"fc-ft{how}", "boxes", u.tuning) for how in ("", ", fresh", ", narrow")),
            a.train("a whole net", caffe, p.live),
            a.train("two layers", shallow, p.live),
            a.probe("SVMs and trees on boxes", boxes, caffe, 4 * ["conv-5"], VOC, a.chosen),
            a.probe("SVMs on scenes", learn, caffe, 3 * ["conv-1", "conv-2"], VOC, a.chosen),
        ],
    }
