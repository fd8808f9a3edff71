"""A procedural world to learn to see in: objects of parts, scenes, and the truth about both."""

from cnnlab.datasets.world.render import image, scene
from cnnlab.datasets.world.roster import classes, roles, splits
from cnnlab.datasets.world.scene import Instance, Scene

__all__ = ["Instance", "Scene", "classes", "image", "roles", "scene", "splits"]
