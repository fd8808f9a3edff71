"""A procedural world to learn to see in: objects of parts, scenes, and the truth about both."""

from cnnlab.datasets.world.anatomy import anatomy, textures
from cnnlab.datasets.world.export import export
from cnnlab.datasets.world.render import image, scene
from cnnlab.datasets.world.roster import classes, family, roles, splits
from cnnlab.datasets.world.scene import Instance, Scene
from cnnlab.datasets.world.spectrum import spectrum_slope

__all__ = [
    "Instance",
    "Scene",
    "anatomy",
    "classes",
    "export",
    "family",
    "image",
    "roles",
    "scene",
    "spectrum_slope",
    "splits",
    "textures",
]
