"""What the notebooks on Zeiler & Fergus ask for: amounts, from the profile and their own constants.

Left out is what takes seconds at any scale: figures, statistics, projections of single maps.
Caltech-256 is counted where it is missing, too.
"""

from dataclasses import replace

from cnnlab.nets.spec import ALEXNET, ZF2013, ZFNET
from cnnlab.nets.zoo import zf14_table3, zf_table1
from cnnlab.plan.work import Amounts, Entries, fits
from cnnlab.probing import by_layer
from cnnlab.profiles import PooledLayer
from cnnlab.profiles.transfer import LAYERS
from cnnlab.seeing.invariance import transform_amounts


def training(a: Amounts) -> Entries:
    """Notebooks 00 to 02: base nets, and the nets of the architecture tables."""
    p, zf = a.profile, a.zfnet
    sets, most = {role: a.sets[role] for role in by_layer.ROLES}, by_layer.CLASSES
    images = sum(a.images(role) * min(1, most / one.classes) for role, one in sets.items())
    pooled = [PooledLayer(name, by_layer.GRID) for name in LAYERS.values()]
    examples = sum(by_layer.IMAGES) * most * len(sets)
    specs = {s.name: s for s in (*zf_table1().values(), *zf14_table3().values())}
    wide = [one for m in range(p.ensemble) for one in a.study(ZF2013, member=m)]
    small = [one for m in range(1, p.ensemble) for one in a.study(ZFNET, member=m)]
    return {
        "00_start_here": [
            *a.packed(*sets),
            *a.base("zfnet"),
            a.read("untrained layers", zf, images, pooled),
            a.probe("SVMs on untrained layers", examples, zf, pooled, most),
        ],
        "01_training": [
            *a.base("zfnet", "caffenet"),
            a.train("the net one waits for", zf, p.live),
            *a.study(ALEXNET),
            *wide,
        ],
        "02_architecture": [*a.packed("imagenet"), *a.study(*specs.values()), *small],
    }


def seeing(a: Amounts) -> Entries:
    """Notebooks 03 to 08: images that a net reads, as often as it reads them."""
    p, zf, (train, val) = a.profile, a.zfnet, a.ends("imagenet")
    points = 2 + a.kept
    moves = sum(map(len, transform_amounts(zf.pixels).values()))
    coarse, fine = 11**2, 21**2  # positions of the grey square
    reads = {  # images that a net reads, as often as it reads them
        "03_deconvnet": 3 * val,
        "04_evolution": 1.5 * points * min(800, train),
        "05_invariance": 2 * 100 * moves,
        "06_occlusion": val + 2 * 80 * coarse + 8 * fine,
        "07_correspondence": 120 * 3 * 7,
        "08_diagnosis": 6 * min(1500, val),
    }
    table = {n: [*a.base("zfnet"), a.read(n, zf, images)] for n, images in reads.items()}
    table["07_correspondence"] += a.packed("caltech101")
    recipe = replace(p.base, images=p.study.images, checkpoints=())
    table["08_diagnosis"] += [*a.base("alexnet"), a.train("a clipped net", zf, recipe)]
    return table


def transfer(a: Amounts) -> Entries:
    """Notebooks 09 to 11: probes and rivals on Caltech-101 and Caltech-256."""
    t, rival, zf, points = a.profile.transfer, a.profile.rival, a.zfnet, 2 + a.kept
    sets = {"caltech101": t.caltech101, "caltech256": t.caltech256}
    most = {"caltech101": t.caltech101_classes, "caltech256": t.caltech256_classes}
    classes = {role: most[role] or a.sets[role].classes for role in sets}
    images = {role: a.images(role) * k / a.sets[role].classes for role, k in classes.items()}
    tuned = replace(rival, images=round(t.tuning_images * rival.images))
    svm, soft = (fits(t.choices(kind), t.rounds, t.folds) for kind in ("svm", "softmax"))
    layers, folds, study = t.layers(), t.scratch_folds, a.job("zfnet", study=True)
    start, caltech, by_layers = [*a.base("zfnet"), *a.packed(*sets)], [], []
    for role, k in classes.items():
        start.append(a.read(f"layers of {role}", zf, images[role], layers))
        for n in sets[role]:
            what, spec = f"{role}, {n} a class", replace(zf, classes=k)
            caltech += [
                a.train(f"scratch, {what}", spec, rival, folds, role),
                a.train(f"fine-tuned, {what}", spec, tuned, folds, role),
                a.probe(f"softmax, {what}", n * k, zf, ["layer7"], k, soft, gram=False),
                a.probe(f"best layer, {what}", n * k / 2, zf, layers, k, folds),
            ]
        examples, full = max(sets[role]) * k, ["layer5", "layer7"]
        by_layers += [
            a.probe(f"SVMs, {role}", examples, zf, layers, k, svm),
            a.probe(f"softmaxes, {role}", examples, zf, full, k, soft, gram=False),
        ]
    role, nets = "caltech101", 3 * t.overlap_runs
    spec = replace(study.spec, classes=study.spec.classes + t.overlap_planted)
    recipe = replace(study.recipe, images=t.overlap_training or study.recipe.images)
    caltech += [
        a.train("nets that saw copies", spec, recipe, nets),
        a.read("layer 7 of those", spec, nets * images[role], ["layer7"]),
    ]
    last, again = "caltech256", t.checkpoints_role
    examples = min(t.checkpoints_images, max(sets[again])) * classes[again]
    times = points * t.checkpoints_folds
    by_layers += [
        a.read("layers along the training", zf, points * images[again], layers),
        a.probe("SVMs along the training", examples, zf, layers, classes[again], times),
    ]
    shots = [n for n in t.shots if n < images[last] / classes[last]]
    how = {"spec": zf, "layers": ["layer7", layers[0]], "problems": classes[last]}
    how |= {"times": soft, "gram": False}
    curve = [a.probe(f"{n} shots", n * classes[last], **how) for n in shots]
    return {
        "09_caltech": start + caltech,
        "10_few_shots": [*start, *curve],
        "11_layers": start + by_layers,
    }
