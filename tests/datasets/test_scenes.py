"""Scenes with boxes: the world's as rendered, a devkit's as written, and what is refused."""

import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from pictures import devkit, encoded, noise, xml
from pictures import scenes_profile as profile

from cnnlab.artifacts import paths
from cnnlab.datasets import BoxedImages, load_scenes, render, rows, world
from cnnlab.datasets.boxed import VOC_CLASSES, BoxedObject, note_of, open_boxed
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.images import fit
from cnnlab.datasets.sources import BOXED
from cnnlab.datasets.voc import parse_annotation, scale_box
from cnnlab.profiles import resolve

PX = 48


def same(a: BoxedImages, b: BoxedImages) -> None:
    """Both hold the same truth about pictures of the same shapes."""
    for name in ("boxes", "labels", "difficult", "truncated", "occluded", "first", "sizes"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), name)
    assert a.classes == b.classes


def test_world_scenes_are_those_of_the_world() -> None:
    assert world.classes("pascal-2012") == VOC_CLASSES
    found = load_scenes("pascal-2012", profile("world", 5), "val")
    assert (len(found), found.source, found.split) == (5, "world", "val")
    for i in range(5):
        truth = world.scene("pascal-2012", "val", i, size=PX)
        assert np.array_equal(found.image(i), truth.image)
        mine = found.objects(i)
        assert found.labels[mine].tolist() == [one.label for one in truth.instances]
        assert found.difficult[mine].tolist() == [one.difficult for one in truth.instances]
        assert (found.owner[mine] == i).all()
        for box, share, one in zip(
            found.boxes[mine], found.shares[mine], truth.instances, strict=True
        ):
            x1, y1, x2, y2 = one.box
            assert box.tolist() == [x1 + 1, y1 + 1, x2, y2]
            size = truth.image.shape[0] * truth.image.shape[1]
            assert share == pytest.approx((x2 - x1) * (y2 - y1) / size)


def test_packed_once_and_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_scenes("pascal", profile("world", 3))
    monkeypatch.setattr(render, "Rows", lambda *_: pytest.fail("made again"))
    again = load_scenes("pascal", profile("world", 3))
    assert isinstance(again.pixels, np.memmap) and not again.pixels.flags.writeable
    assert (again.digest, again.split) == (first.digest, "trainval")
    same(first, again)


def test_processes_render_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_SMALL", 1)
    monkeypatch.setattr(render, "_BOXED_BLOCK", 3)
    made = {}
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        sizes = {"classes": 20, "per_class": 8, "pixels": 32}
        monkeypatch.setattr(render, "processors", lambda workers=workers: workers)
        render.pack(folder, "pascal", "test", **sizes)
        made[workers] = open_boxed(folder, "pascal", "test", "world")
        assert {path.name for path in folder.iterdir()} == {
            rows.IMAGES,
            rows.LABELS,
            rows.CLASSES,
            rows.NOTES,
        }
    same(made[1], made[2])
    assert made[1].digest == made[2].digest
    assert all(np.array_equal(made[1].image(i), made[2].image(i)) for i in range(8))


@pytest.mark.parametrize("torn", ["between blocks", "in a line", "at the end of a line"])
def test_a_killed_rendering_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: str
) -> None:
    monkeypatch.setattr(render, "_BOXED_BLOCK", 2)
    monkeypatch.setattr(rows, "_SAVE_EVERY", 0.0)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    sizes = {"classes": 20, "per_class": 6, "pixels": 32}
    for folder in (whole, killed):
        folder.mkdir()
    render.pack(whole, "pascal", "test", **sizes)
    block, calls = render.render_block, []

    def dying(*task: object) -> tuple[int, int, list[dict[str, object]]]:
        calls.append(task[2:4])
        if len(calls) == 3:
            raise KeyboardInterrupt
        return block(*task)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(render, "render_block", dying)
    with pytest.raises(KeyboardInterrupt):
        render.pack(killed, "pascal", "test", **sizes)
    ledger = killed / "done.jsonl"
    assert len(ledger.read_text().splitlines()) == 2
    cut = {"between blocks": 0, "in a line": 30, "at the end of a line": 1}[torn]
    ledger.write_text(ledger.read_text()[: len(ledger.read_text()) - cut])
    render.pack(killed, "pascal", "test", **sizes)
    assert calls[3:] == ([(2, 2), (4, 2)] if torn == "in a line" else [(4, 2)])
    ours, theirs = (open_boxed(f, "pascal", "test", "world") for f in (killed, whole))
    same(ours, theirs)
    assert ours.digest == theirs.digest
    assert all(np.array_equal(ours.image(i), theirs.image(i)) for i in range(6))
    for name in (rows.IMAGES, rows.CLASSES, rows.NOTES):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


def test_a_torn_ledger_can_be_torn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_SAVE_EVERY", 0.0)
    for turn in range(3):
        with rows.Rows(tmp_path, 8, 4) as filled:
            assert filled.todo.tolist() == list(range(turn, 8))
            filled.write(turn, [noise(turn, 4, 4)])
            filled.mark([turn], [{"name": f"p{turn}"}])
        with (tmp_path / "done.jsonl").open("a") as ledger:
            ledger.write("[[7], [{")  # begun, never completed
    assert [filled.notes[i]["name"] for i in range(3)] == ["p0", "p1", "p2"]


def test_rows_that_a_disk_damaged_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_SAVE_EVERY", 0.0)
    with rows.Rows(tmp_path, 6, 4) as begun:
        for row in (0, 2, 4):
            begun.write(row, [noise(row, 4, 4), noise(row + 1, 4, 4)])
            begun.mark([row, row + 1])
    with (tmp_path / rows.IMAGES).open("r+b") as file:  # a bit of row 3
        file.seek(begun.offset + 3 * 48)
        (byte,) = file.read(1)
        file.seek(begun.offset + 3 * 48)
        file.write(bytes([byte ^ 1]))
    with rows.Rows(tmp_path, 6, 4) as resumed:
        assert resumed.todo.tolist() == [2, 3]


def test_pictures_may_come_in_any_order(tmp_path: Path) -> None:
    images = [noise(i, 5 + i, 7) for i in range(3)]
    with rows.Rows(tmp_path, 3, 8) as filled:
        for i in (2, 0, 1):
            filled.write(i, [images[i]])
            filled.mark([i], [note_of(f"n{i}", images[i], [])])
        with pytest.raises(ValueError, match="negative values"):
            filled.write(0, [noise(0, 9, 7)])  # larger than a row
        filled.finish(np.full(3, -1), VOC_CLASSES)
    found = open_boxed(tmp_path, "pascal", "test", "world")
    assert found.names == ("n0", "n1", "n2") and len(found.labels) == 0
    assert all(np.array_equal(found.image(i), images[i]) for i in range(3))


def test_some_of_the_scenes() -> None:
    every = load_scenes("pascal", profile("world", 5))
    some = every.take([3, 0])
    assert some.names == (every.names[3], every.names[0]) and some.digest != every.digest
    for i, j in enumerate((3, 0)):
        assert np.array_equal(some.image(i), every.image(j))
        for name in ("boxes", "labels", "difficult"):
            ours, theirs = getattr(some, name), getattr(every, name)
            assert np.array_equal(ours[some.objects(i)], theirs[every.objects(j)])
    assert len(every.take([])) == 0


@pytest.mark.parametrize(("role", "source"), [("pascal", "voc2007"), ("pascal-2012", "voc2012")])
def test_an_exported_world_is_read_back_as_a_devkit(tmp_path: Path, role: str, source: str) -> None:
    world.export(role, tmp_path / "kit", "voc", count=6, size=PX)
    for split in world.splits(role):
        drawn = load_scenes(role, profile("world", 6), split)
        read = load_scenes(role, profile(source, 0, tmp_path / "kit"), split)
        same(drawn, read)
        assert read.source == source
        for i in range(6):
            off = np.abs(drawn.image(i).astype(int) - read.image(i))
            assert off.mean() < 12  # of JPEG, at quality 95


def test_a_tar_holds_what_the_folder_holds(tmp_path: Path) -> None:
    kit = world.export("pascal-2012", tmp_path / "kit", "voc", count=5, size=PX)
    (tmp_path / "tar").mkdir()
    with tarfile.open(tmp_path / "tar" / "VOCtrainval_11-May-2012.tar", "w") as archive:
        for file in sorted((f for f in kit.rglob("*") if f.is_file()), reverse=True):
            archive.add(file, file.relative_to(kit).as_posix())
    folder = load_scenes("pascal-2012", profile("voc2012", 0, kit), "val")
    tar = load_scenes("pascal-2012", profile("voc2012", 0, tmp_path / "tar"), "val")
    assert tar.digest == folder.digest and tar.names == folder.names
    assert all(np.array_equal(tar.image(i), folder.image(i)) for i in range(5))


def test_both_years_have_their_own_archives(tmp_path: Path) -> None:
    kit = world.export("pascal", tmp_path / "kit", "voc", count=2, size=PX)
    archive = tmp_path / "VOCtest_06-Nov-2007.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(kit / "VOCdevkit", "VOCdevkit")
    assert len(load_scenes("pascal", profile("voc2007", 0, tmp_path), "test")) == 2
    with pytest.raises(DataMissing, match=r"VOCtrainval_06-Nov-2007\.tar"):
        load_scenes("pascal", profile("voc2007", 0, tmp_path), "trainval")


def test_the_roles_of_course_are_read_from_the_archives_of_the_subset(tmp_path: Path) -> None:
    objects = xml(("cat", (1, 1, 8, 8)), more="<truncated></truncated>")  # not known
    kit = devkit(tmp_path / "kit", {f"p{i}": (noise(i, 8, 8), objects) for i in range(3)}, "subset")
    for i, split in enumerate(("trainval", "extra", "test")):
        (kit / f"ImageSets/Main/{split}.txt").write_text(f"p{i}\n")
    with tarfile.open(tmp_path / "VOCsubset-240.tar", "w") as tar:
        tar.add(kit.parent, "VOCdevkit")
    config = resolve("course", data_dir=tmp_path, sources={})
    names = {
        (role, split): load_scenes(role, config, split).names
        for role in BOXED
        for split in config.roles[role].splits
    }
    assert names == {
        ("pascal", "trainval"): ("p0",),
        ("pascal", "test"): ("p2",),
        ("pascal-2012", "trainval"): ("p0",),
        ("pascal-2012", "test"): ("p2",),
        ("pascal-extra", "extra"): ("p1",),
    }
    assert not load_scenes("pascal", config).truncated.any()


def test_a_profile_takes_a_part_evenly(tmp_path: Path) -> None:
    pictures = {f"p{i}": (noise(i, 8, 8), xml(("cat", (1, 1, 8, 8)))) for i in range(9)}
    devkit(tmp_path, pictures)
    found = load_scenes("pascal-2012", profile("voc2012", 3, tmp_path))
    assert found.names == ("p0", "p3", "p6")


def test_large_pictures_shrink_and_boxes_with_them(tmp_path: Path) -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    image[10:30, 20:60] = 255
    devkit(tmp_path, {"p": (image, xml(("dog", (21, 11, 60, 30)), ("cat", (0, 5, 81, 40))))})
    whole = load_scenes("pascal-2012", profile("voc2012", 0, tmp_path, pixels=80))
    assert whole.boxes.tolist() == [[21, 11, 60, 30], [1, 5, 80, 40]]  # the cat ends at the border
    half = load_scenes("pascal-2012", profile("voc2012", 0, tmp_path, pixels=40))
    assert half.image(0).shape == (20, 40, 3)
    x1, y1, x2, y2 = half.boxes[0]
    assert (x1, y1, x2, y2) == (11, 6, 30, 15)
    assert half.image(0)[5:15, 10:30].mean() > 240 and half.image(0)[:4].mean() < 10
    assert half.shares[0] == pytest.approx(whole.shares[0]) == 0.25
    small = load_scenes("pascal-2012", profile("voc2012", 0, tmp_path, pixels=500))
    assert small.image(0).shape == (40, 80, 3)  # nothing is enlarged


def test_annotations_as_voc_writes_them() -> None:
    text = """<annotation><object><name>person</name><pose>Left</pose><truncated>1</truncated>
    <difficult>0</difficult><bndbox><xmax>60.5</xmax><xmin>45.70</xmin><ymin>3</ymin><ymax>9</ymax>
    </bndbox><part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax>
    <ymax>2</ymax></bndbox></part></object>
    <object><name>sofa</name><difficult>1</difficult><occluded>1</occluded><bndbox><xmin>1</xmin>
    <ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>"""
    objects, size = parse_annotation(text.encode())
    assert size is None and objects == [
        BoxedObject(14, (45.7, 3, 60.5, 9), truncated=True),
        BoxedObject(17, (1, 2, 3, 4), difficult=True, occluded=True),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<annotation>", "no element found"),
        (xml(("unicorn", (1, 1, 2, 2))), "'unicorn', which is none of VOC's classes"),
        (xml(("cat", (5, 1, 4, 2))), r"the box of a cat, .* holds no pixel"),
        (xml(("cat", (1, 1, float("nan"), 2))), "holds no pixel"),
        ("<annotation><object><name>cat</name></object></annotation>", "is not four numbers"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><annotation>&e;</annotation>', "EntitiesForbidden"),
    ],
)
def test_annotations_that_are_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=said):
        parse_annotation(text.encode())
    devkit(tmp_path, {"p": (noise(0), text)})
    with pytest.raises(DataError, match=r"cannot use Annotations/p\.xml \(.*off the list"):
        load_scenes("pascal-2012", profile("voc2012", 0, tmp_path))
    assert not list((paths.cache() / "scenes").glob("*.partial"))


def test_devkits_that_are_refused(tmp_path: Path) -> None:
    root = devkit(tmp_path, {"p": (noise(0), xml()), "q": (noise(1), xml())})
    config = profile("voc2012", 0, tmp_path)
    with pytest.raises(DataError, match=r"has no ImageSets/Main/val.txt; put VOCtrainval_11-May"):
        load_scenes("pascal-2012", config, "val")
    (root / "JPEGImages" / "q.jpg").write_bytes(encoded(noise(1), "JPEG")[:300])
    with pytest.raises(DataError, match=r"cannot use JPEGImages/q\.jpg \("):
        load_scenes("pascal-2012", config)
    (root / "JPEGImages" / "q.jpg").unlink()
    with pytest.raises(DataError, match=r"has no JPEGImages/q\.jpg, which its list names"):
        load_scenes("pascal-2012", config)
    (root / "ImageSets/Main/trainval.txt").write_text("../../secret\n")
    with pytest.raises(DataError, match=r"names '\.\./\.\./secret', which is no picture"):
        load_scenes("pascal-2012", config)
    (root / "ImageSets/Main/trainval.txt").write_text("\n")
    with pytest.raises(DataError, match=r"trainval\.txt in .* is empty"):
        load_scenes("pascal-2012", config)
    shutil.rmtree(root)
    with pytest.raises(DataMissing, match=r"VOCtrainval_11-May-2012\.tar"):
        load_scenes("pascal-2012", config)


def test_a_tar_without_a_picture_says_so(tmp_path: Path) -> None:
    root = devkit(tmp_path / "kit", {"p": (noise(0), xml()), "q": (noise(1), xml())})
    (root / "JPEGImages" / "q.jpg").unlink()
    with tarfile.open(tmp_path / "VOCtrainval_11-May-2012.tar", "w") as tar:
        tar.add(tmp_path / "kit" / "VOCdevkit", "VOCdevkit")
    with pytest.raises(DataError, match=r"has no VOCdevkit/VOC2012/JPEGImages/q\.jpg, which its"):
        load_scenes("pascal-2012", profile("voc2012", 0, tmp_path))


def test_what_is_asked_wrongly() -> None:
    with pytest.raises(DataError, match="role 'caltech101' has no boxes; choose among pascal"):
        load_scenes("caltech101", "smoke")
    with pytest.raises(ValueError, match="no role 'voc'"):
        load_scenes("voc", "smoke")
    with pytest.raises(DataError, match="has no split 'test' in profile 'smoke'"):
        load_scenes("pascal-2012", "smoke", "test")
    with pytest.raises(DataError, match="caltech101 is a set without boxes; choose world, voc2007"):
        load_scenes("pascal", profile("caltech101", 0))
    with pytest.raises(DataError, match="no source 'coco'"):
        load_scenes("pascal", profile("coco", 0))
    with pytest.raises(DataError, match="the world has no end"):
        load_scenes("pascal", profile("world", 0))


def test_edges_scale_not_pixel_numbers() -> None:
    one = scale_box(BoxedObject(0, (1, 1, 2, 4)), 0.5, 10, 10)
    assert one.box == (1, 1, 1, 2)  # two pixels wide, four high: now one and two
    image, scale, sides = fit(encoded(noise(0, 30, 60)), 20)
    assert image.shape == (10, 20, 3) and scale == pytest.approx(1 / 3) and sides == (30, 60)
