"""The stage of places: surfaces, light, weather and view differ from picture to picture."""

import math

import cv2
import numpy as np

from cnnlab.datasets.world.bias import Bias
from cnnlab.datasets.world.canvas import Bytes
from cnnlab.datasets.world.looks import Look, tint, tinted
from cnnlab.datasets.world.pen import Pen
from cnnlab.datasets.world.seeding import Rand
from cnnlab.datasets.world.shapes import poly
from cnnlab.datasets.world.stage import Stage

GROWN = ("grass", "foliage", "water", "fur")  # textures of nature: their colours vary least
LOOSE = ("mottle", "gravel", "cloud", "scales")  # of sky, sand and stone, or of plain paint
BUILT = ("mottle", "mottle", "cloud", "cloud", "brushed", "bricks", "tiles", "planks", "wood",
    "knit", "ribs", "bands", "stripes")


class Site(Stage):
    """A stage whose surfaces look different in every picture, whatever the place is."""

    def __init__(self, rand: Rand, bias: Bias, size: int, inside: bool) -> None:
        super().__init__(rand, bias, size, size)
        self.inside = inside
        self._worn: dict[tuple[int, str], Look] = {}

    def worn(self, look: Look) -> Look:
        """The look as this picture has it: the same surface twice looks the same."""
        key = (look.colour, look.texture)
        if key not in self._worn:
            self._worn[key] = self._repainted(look)
        worn = self._worn[key]
        return worn._replace(grain=worn.grain * look.grain, angle=look.angle, finish=look.finish)

    def _repainted(self, look: Look) -> Look:
        rand = self.rand
        if look.texture in GROWN:
            hue, dull, dark = rand.span(-0.35, 0.2), rand.span(0.3, 1.1), rand.span(0.6, 1.3)
        elif look.texture in LOOSE and not self.inside:
            hue, dull, dark = rand.normal(0.15), rand.span(0.3, 1.2), rand.span(0.65, 1.25)
        else:
            hue = rand.span(-3.1, 3.1) if rand.chance(0.5) else rand.normal(0.4)
            dull, dark = rand.span(0.1, 1.2), rand.span(0.5, 1.35)
        turn = tint(hue, dull, dark)
        texture, contrast = look.texture, look.contrast * rand.span(0.4, 1.2)
        if texture not in GROWN and rand.chance(0.5):
            texture = rand.pick(BUILT if self.inside else LOOSE)
        other = -1 if look.other < 0 else _packed(tinted(look.other, turn))
        return Look(_packed(tinted(look.colour, turn)), other, texture, 2 ** rand.span(-1, 1), 0.0,
            contrast)

    def rows(self, look: Look, y0: float, y1: float, near: float = 1.0) -> None:
        """As on every stage, with the look as this picture has it."""
        super().rows(self.worn(look), y0, y1, near)

    def paint(self, pen: Pen) -> None:
        """As on every stage, with the looks as this picture has them."""
        for index, part in enumerate(pen.parts):
            pen.parts[index] = part._replace(look=self.worn(part.look))
        super().paint(pen)

    def light_up(self) -> None:
        """Let the light fall unevenly, through a window or past things that are not seen."""
        rand, canvas = self.rand, self.canvas
        for _ in range(rand.below(3)):
            x, y, lean = rand.span(-0.2, 1.0), rand.span(-0.2, 1.0), rand.span(-0.4, 0.4)
            wide, high = rand.span(0.15, 0.6), rand.span(0.2, 0.8)
            corners = poly(x, y, x + wide, y + lean * 0.3, x + wide + lean, y + high, x + lean,
                y + high)
            mask: Bytes = np.full((canvas.height, canvas.width), 255, np.uint8)
            level = round(255 * rand.span(0.5, 0.9))
            cv2.fillPoly(mask, [np.rint(corners * self.unit).astype(np.int32)], (level,))
            canvas.shade[:] = cv2.multiply(canvas.shade, cv2.blur(mask, (7, 7)), scale=1 / 255)
        low = rand.span(0.6, 0.95)
        count = rand.between(2, 4)
        patches = [[round(128 * rand.span(low, 2 - low)) for _ in range(count)]
            for _ in range(count)]
        field = cv2.resize(np.array(patches, np.uint8), (canvas.width, canvas.height))
        canvas.shade[:] = cv2.multiply(canvas.shade, field, scale=1 / 128)

    def lamps(self) -> None:
        """Light the room by lamps: warm, cold or dim, and dark beyond their reach."""
        rand, canvas = self.rand, self.canvas
        warm = rand.span(-0.2, 0.35)
        level = rand.span(0.75, 1.2)
        self._stain((level * (1 + warm * 0.5), level, level * (1 - warm)), 1.0)
        if rand.chance(0.4):
            glow: Bytes = np.full((8, 8), round(128 * rand.span(0.35, 0.8)), np.uint8)
            for _ in range(rand.between(1, 3)):
                glow[rand.below(6), rand.below(8)] = 250
            field = cv2.resize(cv2.blur(glow, (3, 3)), (canvas.width, canvas.height))
            canvas.shade[:] = cv2.multiply(canvas.shade, field, scale=1 / 90)

    def weather(self) -> None:
        """Day, overcast, dusk, night or fog."""
        rand, canvas = self.rand, self.canvas
        hour = rand.unit()
        if hour < 0.15:  # overcast
            self._stain((0.85, 0.88, 0.92), rand.span(0.3, 0.7))
        elif hour < 0.3:  # low sun
            level = rand.span(0.65, 1.1)
            self._stain((level * 1.2, level * 0.9, level * 0.7), rand.span(0.6, 1.0))
        elif hour < 0.38:  # night, with lamps
            level = rand.span(0.35, 0.6)
            self._stain((level, level * 1.05, level * 1.3), rand.span(0.4, 0.8))
            glow: Bytes = np.zeros((canvas.height, canvas.width, 3), np.uint8)
            for _ in range(rand.between(2, 9)):
                at = (rand.below(canvas.width), round(canvas.height * rand.span(0.2, 0.75)))
                cv2.circle(glow, at, max(1, canvas.height // 40), (255, 220, 150), -1)
            canvas.colour[:] = cv2.add(canvas.colour, glow)
            canvas.colour[:] = cv2.add(canvas.colour, cv2.blur(glow, (15, 15)))
        elif hour < 0.46:  # fog, thicker far away
            mist: Bytes = np.full_like(canvas.colour, rand.between(150, 225))
            thick = rand.span(0.25, 0.5)
            canvas.colour[:] = cv2.addWeighted(canvas.colour, 1 - thick, mist, thick, 0.0)

    def _stain(self, levels: tuple[float, float, float], saturation: float) -> None:
        """Scale the channels of the whole picture, after greying it."""
        colour = self.canvas.colour
        grey = cv2.cvtColor(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        mixed = cv2.addWeighted(colour, saturation, grey, 1 - saturation, 0.0)
        steps = np.arange(256)[None, :, None] * np.array(levels)
        colour[:] = cv2.LUT(mixed, np.clip(steps, 0, 255).astype(np.uint8))

    def view(self) -> None:
        """Frame the place anew: mirrored, near or far, aslant."""
        rand, canvas = self.rand, self.canvas
        side = canvas.height
        cut = rand.span(*self.bias.extent)
        turn, stretch = rand.normal(0.05), rand.span(0.85, 1.18)
        slant, tip = rand.span(-0.4, 0.4), rand.span(-0.25, 0.25)
        room = (1 - cut) / 2
        x, y = 0.5 + rand.span(-room, room), 0.5 + rand.span(-room, room)
        wide = cut * stretch * (-1 if rand.chance(self.bias.mirror) else 1)
        steps = (np.arange(side) + 0.5) / side - 0.5
        u, v = steps[None, :], steps[:, None]
        deep = 1 + slant * u + tip * v
        cos, sin = math.cos(turn), math.sin(turn)
        across = ((cos * u - sin * v) * wide / deep + x) * side - 0.5
        down = ((sin * u + cos * v) * (cut / stretch) / deep + y) * side - 0.5
        fixed = np.rint(np.stack((across, down), -1) * 32).astype(np.int32)
        whole = (fixed >> 5).astype(np.int16)
        part = ((fixed[..., 1] & 31) * 32 + (fixed[..., 0] & 31)).astype(np.uint16)
        for layer in (canvas.colour, canvas.shade):
            layer[:] = cv2.remap(layer.copy(), whole, part, cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT)


def _packed(channels: tuple[int, int, int]) -> int:
    r, g, b = channels
    return r << 16 | g << 8 | b
