"""Sitting and lying animals with a face turned to the viewer."""

from dataclasses import dataclass, field
from typing import ClassVar

from cnnlab.datasets.world.families.faces import Face
from cnnlab.datasets.world.grammar import Kind
from cnnlab.datasets.world.looks import Look, shade
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import blob, curve, limb, oval, tube


@dataclass(frozen=True)
class Pet(Kind):
    """A sitting or lying cat or dog; the floor is at y = 1."""

    face: Face = field(default_factory=Face)
    lying: bool = False
    tail: float = 1.0
    bulk: float = 1.0

    family: ClassVar[str] = "pet"
    context: ClassVar[str] = "indoor"
    stands: ClassVar[bool] = True
    turns: ClassVar[float] = 0.05

    def draw(self, pen: Pen, rand: Rand, frontal: bool = False) -> None:
        """Tail, haunches, trunk, legs, head."""
        face = self.face
        coat = Look(face.coat, face.pattern, face.texture, face.grain * 0.5, 1.57, 0.3)
        chest = Look(face.second if face.second >= 0 else face.coat, -1, "fur", 0.15, 1.57, 0.2)
        dark = coat._replace(colour=shade(face.coat, 0.85))
        b, sway = self.bulk * rand.near(1, 0.06), rand.span(-0.12, 0.12)
        if self.lying:
            pen.solid(tube(curve(0.85, 0.75, 1.2, 0.8, 1.25, 0.5 + sway, 1.1, 0.25 + sway), 0.22,
                0.14, 0.08), dark)
            pen.solid(blob(-0.75, 0.9, -0.8, 0.3, -0.2, 0.12, 0.6, 0.05, 1.05, 0.4, 1.0, 0.92),
                coat, 1.0)
            pen.solid(oval(0.65, 0.65, 0.42, 0.34), coat, 1.0)
            for x in (-0.75, -0.3):
                pen.solid(limb(x + 0.2, 0.78, x - 0.28, 0.9, 0.28, 0.2), coat, 1.0)
            head = pen.at(-0.55 + sway, 0.1, 0.52)
        else:
            line = curve(0.35 * b, 0.8, 0.9, 0.85, 1.05 * self.tail, 0.6 + sway, 0.95 * self.tail,
                0.25 + sway)
            pen.solid(tube(line, 0.2, 0.17, 0.13, 0.06), dark)
            pen.solid(blob(-0.36 * b, -0.35, 0.36 * b, -0.35, 0.52 * b, 0.2, 0.72 * b, 0.8, 0.4,
                1.0, -0.4, 1.0, -0.72 * b, 0.8, -0.52 * b, 0.2), coat, 1.0)
            if face.second >= 0 and ("blaze" in face.marks or "cheeks" in face.marks):
                pen.decal(oval(0, 0.05, 0.24, 0.5), chest)
            for side in (-1, 1):
                pen.solid(oval(side * 0.48 * b, 0.75, 0.27, 0.26), coat, 1.0)
                pen.solid(tube(curve(side * 0.22, 0.1, side * 0.22, 0.55, side * 0.2, 0.93), 0.28,
                    0.22, 0.2), coat, 1.0)
                pen.solid(oval(side * 0.21, 0.95, 0.15, 0.09), coat, 0.9)
            head = pen.at(sway, -0.62, 0.58, rand.span(-0.12, 0.12))
        face.head(head, rand)

