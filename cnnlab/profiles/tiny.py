"""A profile for the examples of docstrings: a net of it learns in a tenth of a second."""

from dataclasses import replace

from cnnlab.profiles import SMOKE, Recipe, RoleSize, units

FEW = RoleSize("world", classes=3, pixels=64, splits={"all": 6})
TINY = replace(
    SMOKE,
    name="tiny",
    roles={
        "imagenet": replace(FEW, splits={"train": 4, "val": 2}),
        **dict.fromkeys(("caltech101", "caltech256", "sun"), FEW),
        "pascal": RoleSize("world", 20, pixels=64, splits={"test": 2}),
        "pascal-2012": RoleSize("world", 20, pixels=64, splits={"trainval": 3, "val": 2}),
    },
    base=Recipe(images=8, batch=4, threads=1),
    units=units.small(Recipe(batch=4, threads=1), images=8, crop=56),
)
