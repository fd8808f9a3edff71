"""`cnnlab plan`: every notebook is counted, in proportion to the profile, by measured costs."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from cnnlab import cli
from cnnlab.artifacts import paths
from cnnlab.bench import costs as measuring
from cnnlab.bench.costs import Costs, Pace, measure
from cnnlab.bench.peak import training_flops
from cnnlab.nets.spec import CAFFENET, ZFNET
from cnnlab.plan.estimate import GRADIENTS, READING, Gpus, estimate
from cnnlab.plan.notebooks import planned
from cnnlab.plan.sets import published
from cnnlab.plan.work import FEATURES, SVMS, TRAINING, Work, parameters
from cnnlab.profiles import COURSE, MINI, PAPER, SMOKE, Profile
from cnnlab.profiles.tiny import TINY

COSTS = Costs(
    device="cpu",
    training=(Pace(1e8, 0.001), Pace(5e9, 0.05, 0.1)),
    features=(Pace(1e8, 0.0005),),
    read=5000.0,
    svms=1e10,
    proposals=1e5,
    images=1e6,
    disk=1e9,
    start=2.0,
    base=1e9,
    processors=2,
    memory=8e9,
    free=1e12,
)


def whole(profile: Profile, costs: Costs = COSTS) -> float:
    return sum(estimate(n, work, costs, profile).whole for n, work in planned(profile).items())


def amounts(profile: Profile, kind: str) -> float:
    return sum(w.amount for work in planned(profile).values() for w in work if w.kind == kind)


def test_every_notebook_is_planned() -> None:
    files = sorted(path.stem for path in paths.notebooks().glob("[0-9]*.ipynb"))
    assert [*planned(SMOKE)] == [*planned(PAPER)] == files


def test_a_larger_profile_costs_more() -> None:
    seconds = [whole(profile) for profile in (SMOKE, MINI, COURSE, PAPER)]
    assert seconds == sorted(seconds)


def test_training_is_in_proportion_to_the_images_that_nets_see() -> None:
    twice = replace(MINI.study, images=2 * MINI.study.images)
    notebook = "02_architecture"
    one, two = (planned(profile)[notebook] for profile in (MINI, replace(MINI, study=twice)))
    images = [sum(w.amount for w in work if w.kind == TRAINING) for work in (one, two)]
    assert images[1] == 2 * images[0] > 0


def test_time_is_in_proportion_to_the_amount() -> None:
    for kind, spec in ((TRAINING, ZFNET), (FEATURES, ZFNET), (SVMS, None)):
        works = [Work(kind, "any", n, spec, batch=1) for n in (1e6, 3e6)]
        one, three = (estimate("any", [w], COSTS, MINI).seconds[kind] for w in works)
        assert three == pytest.approx(3 * one)
        assert one > 0


@pytest.mark.parametrize("field", ["training", "features", "svms", "proposals", "images", "disk"])
def test_time_follows_each_measured_cost(field: str) -> None:
    value = getattr(COSTS, field)
    slower = (
        tuple(Pace(p.flops, 2 * p.image, 2 * p.step) for p in value)
        if isinstance(value, tuple)
        else value / 2
    )
    assert whole(MINI, replace(COSTS, **{field: slower})) > whole(MINI)


def test_what_one_notebook_has_made_the_next_one_finds() -> None:
    table = planned(PAPER)
    bases = [(n, w.what) for n, work in table.items() for w in work if w.what == "base net zfnet"]
    assert bases == [("00_start_here", "base net zfnet")]


def test_a_shipped_net_is_not_trained_unless_it_is_asked_for() -> None:
    def trained(profile: Profile) -> bool:
        return any(
            w.what == "base net zfnet" and w.kind == TRAINING
            for work in planned(profile).values()
            for w in work
        )

    assert [trained(p) for p in (MINI, COURSE, replace(MINI, train=True), PAPER)] == [
        False,
        False,
        True,
        True,
    ]


def test_one_gpu_exchanges_nothing_and_many_are_held_up_by_the_exchange() -> None:
    work = [Work(TRAINING, "a net", 1e6, CAFFENET, batch=128)]
    one, eight, many = (estimate("any", work, COSTS, PAPER, Gpus(n)) for n in (1, 8, 64))
    assert one.seconds[GRADIENTS] == 0
    assert one.seconds[TRAINING] == pytest.approx(1e6 * training_flops(CAFFENET) / 60e12)
    assert eight.seconds[TRAINING] == pytest.approx(one.seconds[TRAINING] / 8)
    exchanged = 1e6 / 128 * 2 * 7 / 8 * 4 * parameters(CAFFENET) / 50e9
    assert eight.seconds[GRADIENTS] == pytest.approx(exchanged)
    assert many.limit == GRADIENTS


def test_gpus_wait_for_images_of_sets_that_they_do_not_hold() -> None:
    large, small = (Work(TRAINING, "a net", 1e6, CAFFENET, batch=128, data=n) for n in (2e11, 2e10))
    waiting, held = (estimate("any", [w], COSTS, PAPER, Gpus(1)).seconds for w in (large, small))
    assert (waiting[READING], waiting[TRAINING]) == (pytest.approx(1e6 / (2 * 5000)), 0)
    assert held[READING] == 0 < held[TRAINING] < waiting[READING]


def test_published_sizes_are_cut_to_the_profile() -> None:
    few = replace(PAPER.roles["imagenet"], classes=10, splits={"train": 5, "val": 0})
    assert published(replace(PAPER, roles={"imagenet": few}), "imagenet").images == {
        "train": 50,
        "val": 50_000,
    }
    with pytest.raises(ValueError, match=r"published sets, not \./flowers"):
        published(
            replace(PAPER, roles={"sun": replace(PAPER.roles["sun"], source="./flowers")}), "sun"
        )


def test_every_cost_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "measured", lambda code: (0.5, 0.4, 100.0))
    monkeypatch.setattr(measuring, "SECONDS", 0.1)
    costs = measure(TINY)
    rates = (
        costs.read,
        costs.svms,
        costs.proposals,
        costs.images,
        costs.disk,
        costs.memory,
        costs.free,
    )
    assert all(rate > 0 for rate in rates)
    assert all(pace.image > 0 for pace in (*costs.training, *costs.features))
    assert (costs.start, costs.base) == (0.5, 1e8)


def test_a_large_step_is_foretold_from_two_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_step", lambda spec, recipe, side: 0.3 + 0.02 * recipe.batch)
    pace = measuring._training(ZFNET, PAPER.base, 256)
    assert (pace.image, pace.step) == (pytest.approx(0.02), pytest.approx(0.3))


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, str]:
    monkeypatch.setattr(measuring, "measure", lambda profile: COSTS)
    result = CliRunner().invoke(cli.app, ["plan", *options])
    return result.exit_code, " ".join(result.output.split())


def test_the_command_prints_what_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = run(monkeypatch, "--profile", "paper", "--gpus", "1,8")
    assert status == 0
    assert "1 GPU" in text and "8 GPUs" in text and "64 GPUs" not in text
    assert "not measured but assumed: 60 TFLOP/s" in text
    assert "more than there is" in text  # of the disk
    assert all(name in text for name in planned(PAPER))


def test_twice_the_assumed_speed_is_half_the_time() -> None:
    work = [Work(TRAINING, "a net", 1e6, CAFFENET, batch=128)]
    slow, fast = (estimate("any", work, COSTS, PAPER, Gpus(1, tflops=t)) for t in (60, 120))
    assert slow.seconds[TRAINING] == pytest.approx(2 * fast.seconds[TRAINING])


def test_a_committed_run_stands_beside_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = run(monkeypatch, "--profile", "mini")
    assert status == 0
    assert "recorded" in text and "within a factor of 2; the worst, " in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--gpus", "0"), "--gpus takes numbers above 0, such as 1,8,64, not '0'"),
        (("--gpus", "x"), "--gpus takes numbers above 0, such as 1,8,64, not 'x'"),
        (("--gpus", "8,"), "--gpus takes numbers above 0, such as 1,8,64, not '8,'"),
        (("--tflops", "0"), "--tflops is a number above 0, not 0"),
        (("--link", "nan"), "--link is a number above 0, not nan"),
        (("--profile", "huge"), "no profile 'huge'; there are smoke, mini, course, paper"),
    ],
)
def test_bad_options_are_one_sentence(
    options: tuple[str, ...], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = run(monkeypatch, *options)
    assert (status, text) == (2, f"cnnlab: {sentence}")
