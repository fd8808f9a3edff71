"""The command line: run, list, compare, data, report, detect, ship, plan, bench, doctor."""

# Heavy imports wait for the command that needs them: a run with nothing to do takes a second.

import contextlib
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import StoreError
from cnnlab.artifacts.torchrun import place
from cnnlab.cli_data import DataDir, ProfileName, Sources, data, data_folder, options_from
from cnnlab.cli_plan import plan
from cnnlab.cli_weights import detect, ship
from cnnlab.runner import notebooks, surroundings
from cnnlab.runner.display import Display, Outcome, console, near, summary, table_of
from cnnlab.runner.notebooks import Notebooks
from cnnlab.runner.pipeline import Options, Run
from cnnlab.runner.results_folder import ResultsFolder


class PlainErrors(TyperGroup):
    """Commands whose errors are one sentence on stderr and exit status 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        surroundings.settle()
        try:
            return super().invoke(ctx)
        except (ValueError, OSError, StoreError, SyntaxError) as error:
            Console(stderr=True).print(Text(f"cnnlab: {error}", "red"), soft_wrap=True)
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=PlainErrors,
    help="Rerun, read and teach two papers that looked inside the convnet.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data)
app.command()(detect)
app.command()(ship)
app.command()(plan)


@app.command()
def run(
    profile: ProfileName = "mini",
    only: Annotated[list[str] | None, typer.Option(help="Numbers or names, as in 01,02.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks that run at a time.")] = 1,
    seeds: Annotated[int | None, typer.Option(min=1, help="Aggregate seeds 0 to N-1.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run what has not changed, too.")] = False,
    source: Sources = None,
    data_dir: DataDir = None,
    check: Annotated[bool, typer.Option("--check", help="Fail if results moved.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Renew what is committed.")] = False,
    train: Annotated[bool, typer.Option("--train", help="Train shipped nets, too.")] = False,
) -> None:
    """Run the notebooks that changed, and compare their tables with the committed ones.

    Exit status 1 if a notebook failed or, with --check, if fewer than 95% of the cells lie inside
    their committed intervals or a verdict changed. Under torchrun the first process runs the
    notebooks, and all of them make the nets and read the features.
    """
    surroundings.check_system()
    if (here := place()) and here.rank:
        return _group().serve()
    if here and jobs > 1:
        raise ValueError("under torchrun notebooks run one at a time; leave out --jobs")
    if train:
        os.environ["CNNLAB_TRAIN"] = "1"  # a field of the profile, so in every key
    options = replace(options_from(profile, source, data_dir), jobs=jobs, fresh=fresh)
    if publish and (source or train or profile == "smoke"):
        raise ValueError("--publish takes mini, course or paper with their own sources and nets")
    every = notebooks.scan(paths.notebooks())
    chosen = notebooks.select(every, only or ())
    results = replace(options, profile=f"{profile}-seeds").results if seeds else options.results
    committed = paths.committed() / results.path.name
    if check and not any(committed.glob("*.csv")):
        raise ValueError(f"--check needs committed tables, and {near(committed)} holds none")
    if warning := surroundings.memory_warning(profile, jobs):
        console().print(Text(warning, "yellow"), soft_wrap=True)
    job = every, chosen, options
    with _group().led() if here else contextlib.nullcontext():
        outcomes = _over_seeds(*job, seeds, results) if seeds else _once(*job)
    good = all(outcome.good for outcome in outcomes)
    agrees = _agreement(results.path, committed, {o.name for o in outcomes if o.good})
    if publish and good:
        from cnnlab.runner.publish import publish as publish_notebooks

        ids = publish_notebooks(chosen, results, paths.committed())
        _report(paths.committed())
        console().print(f"published; changed: {' '.join(ids) or 'no figure, no table'}")
    elif publish:
        console().print("nothing published: not every notebook succeeded", style="red")
    raise typer.Exit(0 if good and (agrees or not check) else 1)


def _group() -> Any:
    from cnnlab.training.fast import group

    return group


def _agreement(ours: Path, committed: Path, names: Collection[str] | None) -> bool:
    """Print how tables agree with the committed ones, if there are any; True where they do."""
    from cnnlab.runner.agreement import compare, total

    agreements = compare(ours, committed, names) if any(committed.glob("*.csv")) else []
    if not agreements:
        return True
    whole = total(agreements, f"compared with {near(committed)}")
    for one in [*(a for a in agreements if not a.same), whole]:
        style = "" if one.same else "yellow" if one.good else "red"
        console().print(Text(str(one), style), soft_wrap=True)
    return whole.good


@app.command()
def compare(
    profile: ProfileName = "mini",
    ours: Annotated[Path | None, typer.Argument(help="A folder of tables; the last run's.")] = None,
    theirs: Annotated[Path | None, typer.Argument(help="Another; the committed one.")] = None,
) -> None:
    """Compare the tables of two folders, such as two machines'; exit status 1 if they disagree."""
    folders = [ours or paths.figures() / profile, theirs or paths.committed() / profile]
    folders = [paths.whole(folder) for folder in folders]
    for folder in folders:
        if not any(folder.glob("*.csv")):
            raise ValueError(f"{near(folder)} holds no tables; name a folder that a run wrote")
    raise typer.Exit(0 if _agreement(folders[0], folders[1], None) else 1)


def _once(every: Notebooks, chosen: Notebooks, options: Options) -> list[Outcome]:
    on = console()
    stopped = False
    with Display(on) as display:
        running = Run(every, options, display, chosen)
        try:
            running.go()
        except KeyboardInterrupt:
            stopped = True
    summary(running.listed(), on)
    if stopped:
        on.print("stopped; the next run resumes here")
        raise typer.Exit(130)
    folder = near(options.results.path)
    where = f"figures and tables: {folder}; executed notebooks: {folder}/notebooks"
    on.print(Text(where, "dim"), soft_wrap=True)
    return running.listed()


def _over_seeds(
    every: Notebooks, chosen: Notebooks, options: Options, n: int, results: ResultsFolder
) -> list[Outcome]:
    from cnnlab.runner import seeds

    outcomes: list[Outcome] = []
    saved: dict[int, set[str]] = {}
    for seed in range(n):
        console().print(f"seed {seed}", style="bold")
        folder = seeds.folder(options.profile, seed)
        ended = _once(every, chosen, replace(options, seed=seed, figures=folder))
        saved[seed] = {id for outcome in ended for id in outcome.saved}
        outcomes += ended
    written, refused = seeds.aggregate(options.profile, saved, results.path)
    console().print(f"aggregated over {n} seeds: {' '.join(written) or 'nothing'}")
    for sentence in refused:
        console().print(Text(sentence, "yellow"), soft_wrap=True)
    return outcomes


@app.command("list")
def list_notebooks(
    profile: ProfileName = "mini", source: Sources = None, data_dir: DataDir = None
) -> None:
    """List the notebooks: what each asks and saves, and whether its results are fresh."""
    options = options_from(profile, source, data_dir)
    every = notebooks.scan(paths.notebooks())
    keys = options.keys(every)
    table = table_of("", "notebook", "saves", profile)
    for notebook in every:
        title = Text(notebook.title, "bold").append(f"\n{notebook.question}", "not bold")
        why = notebook.problem or options.results.stale(notebook, keys[notebook.name])
        state = "fresh" if why is None else why if why == "never run" else f"stale: {why}"
        style = "green" if why is None else "yellow"
        table.add_row(notebook.number, title, " ".join(notebook.saves), Text(state, style))
    console().print(table)


@app.command()
def report() -> None:
    """Write the gallery figures/README.md, and the README's results, from the records."""
    paths.in_checkout("README.md")
    for path in _report(paths.committed()):
        console().print(f"wrote {near(path)}", soft_wrap=True)


def _report(figures: Path) -> list[Path]:
    from cnnlab.runner.front import fill_readme
    from cnnlab.runner.report import write_gallery

    written = [write_gallery(figures)]
    if figures == paths.root() / "figures":  # another folder is not the README's
        written.append(fill_readme(paths.root() / "README.md", figures))
    return written


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="All if none.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Save to figures/bench.")] = False,
) -> None:
    """Measure speed on this machine and print one table; exit status 1 where a benchmark failed."""
    from cnnlab import bench

    failures = bench.main(names or [], paths.committed() if publish else paths.figures())
    if publish:
        _report(paths.committed())
    raise typer.Exit(1 if failures else 0)


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Check Python, packages, devices, disk and image sets; exit status 1 on a problem."""
    from cnnlab.runner.doctor import problems

    if data_dir:
        os.environ["CNNLAB_DATA_DIR"] = str(data_folder(data_dir))
    raise typer.Exit(1 if problems(console()) else 0)
