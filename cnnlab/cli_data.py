"""The part of the command line that looks after image sets: data, data pack, sample, export."""

from pathlib import Path
from typing import Annotated

import typer

from cnnlab.artifacts import paths
from cnnlab.artifacts.store import write_atomic
from cnnlab.profiles import parse_sources, role_size
from cnnlab.runner.display import console, table_of
from cnnlab.runner.pipeline import Options

# the role whose real sets have that layout
LIKE = {"voc": "pascal", "caltech": "caltech101", "imagenet": "imagenet"}

ProfileName = Annotated[str, typer.Option(help="How large all is: smoke, mini, course or paper.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of the real image sets.")]
Sources = Annotated[
    list[str] | None,
    typer.Option(metavar="ROLE=NAME", help="What plays a role: a set, or a folder of yours."),
]

data = typer.Typer(
    name="data",
    help="Show the image sets of a profile; pack, sample or export them.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


def options_from(profile: str, source: list[str] | None, data_dir: Path | None) -> Options:
    """How to run, from the three options; raises ValueError for another form, source or folder."""
    sources = parse_sources(",".join(source or ()))
    if sources:
        from cnnlab.datasets.sources import check_source

        for name in sources.values():
            check_source(name)
    return Options(profile, sources=sources, data_dir=data_folder(data_dir))


def data_folder(data_dir: Path | None) -> Path | None:
    """The folder of real sets, from --data-dir or CNNLAB_DATA_DIR; ValueError if it is none."""
    folder = paths.whole(data_dir) if data_dir else paths.data_dir()
    if folder and not folder.is_dir():
        raise ValueError(f"the data folder {folder} is no folder; name one with --data-dir")
    return folder and folder.absolute()


@data.callback()
def show(
    context: typer.Context,
    profile: ProfileName = "mini",
    source: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Show the image sets of a profile; pack, sample or export them."""
    if context.invoked_subcommand is None:
        from cnnlab.runner.inventory import inventory

        table = table_of("role", "split", "source", "size", "state")
        for entry in inventory(options_from(profile, source, data_dir).resolve()):
            table.add_row(*entry)
        console().print(table)
    elif profile != "mini" or source or data_dir:
        raise ValueError(f"options come after the word {context.invoked_subcommand}")


@data.command()
def pack(
    roles: Annotated[list[str] | None, typer.Argument(help="Which roles; all if none.")] = None,
    profile: ProfileName = "mini",
    source: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Pack roles into arrays now, instead of when a notebook first asks for them."""
    from cnnlab.datasets.roles import load
    from cnnlab.datasets.sources import BOXED

    resolved = options_from(profile, source, data_dir).resolve()
    wanted = roles or [role for role in resolved.roles if role not in BOXED]
    for role in wanted:
        for split in role_size(resolved, role).splits:
            packed = load(role, resolved, split)
            console().print(f"{role} {split}: {len(packed)} images, {len(packed.classes)} classes")


@data.command()
def sample(
    role: Annotated[str, typer.Argument(help="Role to look at.")],
    out: Annotated[Path | None, typer.Option(help="PNG to write; ROLE.png if none.")] = None,
    profile: ProfileName = "mini",
    source: Sources = None,
    data_dir: DataDir = None,
) -> None:
    """Write a contact sheet of a role: one image of each class."""
    import io

    from cnnlab.figures import plots
    from cnnlab.results.style import use_style
    from cnnlab.runner.inventory import one_of_each

    images, names = one_of_each(role, options_from(profile, source, data_dir).resolve())
    use_style()
    buffer = io.BytesIO()
    plots.gallery(images, names).savefig(buffer, dpi=150)
    path = paths.whole(out or Path(f"{role}.png"))
    write_atomic(path, buffer.getvalue())
    console().print(f"wrote {path}", soft_wrap=True)


@data.command()
def export(
    format: Annotated[str, typer.Argument(help="voc, caltech or imagenet.")],
    folder: Annotated[Path, typer.Argument(help="Folder to write.")],
    role: Annotated[str | None, typer.Option(help="Role to export; by default the like.")] = None,
) -> None:
    """Write procedural images as a set in the layout of a real one."""
    from cnnlab.datasets import world

    if format not in LIKE:
        raise ValueError(f"no format {format!r}; there are {', '.join(LIKE)}")
    folder = paths.whole(folder)
    world.export(role or LIKE[format], folder, format=format)
    console().print(f"wrote {folder}", soft_wrap=True)
