"""The twenty VOC classes: the grammars that play each, and how large they really are."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from cnnlab.datasets.world.families.aircraft import Plane
from cnnlab.datasets.world.families.beasts import Beast
from cnnlab.datasets.world.families.birds import Bird
from cnnlab.datasets.world.families.boats import Boat
from cnnlab.datasets.world.families.cycles import Cycle
from cnnlab.datasets.world.families.faces import Face
from cnnlab.datasets.world.families.fronts import Front
from cnnlab.datasets.world.families.furniture import Stand
from cnnlab.datasets.world.families.household import Laid, Potted, Screen
from cnnlab.datasets.world.families.people import Person
from cnnlab.datasets.world.families.pets import Pet
from cnnlab.datasets.world.families.seats import Seat
from cnnlab.datasets.world.families.trains import Coach
from cnnlab.datasets.world.families.vehicles import Vehicle
from cnnlab.datasets.world.families.vessels import Vessel
from cnnlab.datasets.world.grammar import Kind


class Model(NamedTuple):
    """One look of a class and its height in metres."""

    variety: str
    kind: Kind
    tall: float


_DOG = Beast(ears="flop", snout=0.22, snout_width=0.15, head=0.25, neck=0.32, rise=0.75, depth=0.3,
    legs=0.6, leg_width=0.14, tail_length=0.6)
_CAT = Beast(ears="prick", snout=0.08, snout_width=0.14, head=0.24, neck=0.22, rise=0.6, depth=0.26,
    legs=0.45, leg_width=0.12, tail_length=1.0)
_FELINE = Face(ears="prick", ear_size=0.95, muzzle=0.27, drop=0.26, nose=0.1, eye=0.17, gap=0.38,
    slit=True, jaw=0.62, length=0.88, whiskers=True, nose_colour=0xC77C78)
_COW = Beast(depth=0.46, legs=0.55, leg_width=0.17, neck=0.42, rise=0.45, neck_width=0.42,
    head=0.27,
    snout=0.36, snout_width=0.26, ears="flop", tail="tuft")
_HORSE = Beast(depth=0.38, legs=0.9, leg_width=0.16, neck=0.75, rise=0.85, neck_width=0.34,
    head=0.23, snout=0.42, snout_width=0.2, tail="bushy", tail_length=0.9)
_SHEEP = Beast(depth=0.5, legs=0.4, leg_width=0.13, neck=0.28, rise=0.45, neck_width=0.36,
    head=0.23,
    snout=0.22, snout_width=0.16, ears="flop", tail="stub", wool=True)
_BOTTLE = (-1.0, 0.12, -0.5, 0.13, -0.2, 0.3, 0.0, 0.32, 0.95, 0.31, 1.0, 0.28)
_SLIM = (-1.0, 0.13, -0.65, 0.14, -0.2, 0.24, 0.1, 0.27, 0.95, 0.27, 1.0, 0.25)
_SQUAT = (-0.8, 0.16, -0.55, 0.16, -0.4, 0.4, -0.2, 0.42, 0.8, 0.42, 0.85, 0.38)

VOC: Mapping[str, tuple[Model, ...]] = MappingProxyType({
    "aeroplane": (
        Model("airliner", Plane("jet", 0xEDEFF0, 0x2F62A8), 7.0),
        Model("charter", Plane("jet", 0xF3EFE4, 0xD0702A, fat=0.2), 7.0),
        Model("cargo", Plane("jet", 0x9AA5AC, 0x3A4A5A, fat=0.22, engines=1), 7.0),
        Model("biplane", Plane("biplane", 0xD9B23A, 0x2F4F8A), 3.0),
        Model("fighter", Plane("fighter", 0x87919A), 4.0),
    ),
    "bicycle": (
        Model("city", Cycle("bicycle", thick=0.06), 1.05),
        Model("racing", Cycle("bicycle", thick=0.045, wheel=0.45), 1.0),
        Model("rugged", Cycle("bicycle", thick=0.085, wheel=0.4), 1.05),
    ),
    "bird": (
        Model("robin", Bird(0x6A5A48, 0x57483A, 0xC9602F, plump=0.68, neck=0.06, beak_length=0.2,
            beak_width=0.08, legs=0.3, beak=0x3A3026), 0.35),
        Model("crow", Bird(0x22242A, 0x1A1C22, plump=0.5, neck=0.12, beak=0x17181B,
            beak_length=0.32, beak_width=0.12, legs=0.35), 0.45),
        Model("gull", Bird(0xF1F1EF, 0xA9B0B8, plump=0.48, neck=0.18, beak=0xE8B83A,
            beak_length=0.3, beak_width=0.1, legs=0.35), 0.45),
        Model("heron", Bird(0x8F9AA6, 0x6F7C8A, plump=0.42, pitch=0.5, neck=1.0, neck_curve=0.35,
            neck_width=0.13, head_size=0.17, beak_length=0.6, beak_width=0.07, legs=1.1,
            tail="short"), 1.0),
        Model("duck", Bird(0x8A7358, 0x6F5A42, head=0x2F6B48, plump=0.5, pitch=0.1, neck=0.28,
            beak_length=0.34, beak_width=0.11, legs=0.22), 0.45),
        Model("parakeet", Bird(0x4FA83F, 0x3A8A4A, head=0xE3C23A, plump=0.48, pitch=0.95, neck=0.03,
            head_size=0.36, beak=0xE9E0C9, beak_length=0.18, beak_bend=0.2, tail="long", legs=0.15),
            0.35),
    ),
    "boat": (
        Model("sailing", Boat(0xE9E6DE, 0x2A4F8A, masts=(0.1,), sail="triangle"), 7.0),
        Model("motor", Boat(0xF0F0EC, 0xC0392B, "speed", deck="cabin", depth=0.34), 2.2),
        Model("fishing", Boat(0x2F5F8A, 0xD9D4C4, "yacht", deck="pilot", depth=0.36), 3.0),
        Model("ferry", Boat(0xEDEDE8, 0x2A5F8A, "ship", deck="stack", depth=0.32), 8.0),
        Model("rowing", Boat(0x9A6A3A, -1, "canoe", depth=0.3), 0.9),
    ),
    "bottle": (
        Model("wine", Vessel(_BOTTLE, colour=0x2C4A2E, material="glass", cork=0xA87A4A,
            label=0xEDE6D2), 0.31),
        Model("red", Vessel(_BOTTLE, colour=0x4A1F1E, material="glass", cork=0x8A2F2A,
            label=0xD9C9A0), 0.31),
        Model("water", Vessel(_SLIM, colour=0x9CC4DC, material="glass", cork=0x2F6FC4,
            label=0x2F7FD0), 0.29),
        Model("beer", Vessel(_SLIM, colour=0x5A3418, material="glass", cork=0xC9B040,
            label=0xC8302A), 0.26),
        Model("sauce", Vessel(_SQUAT, colour=0xB5281F, material="glass", cork=0xEDEDE6,
            label=0xF2E6C0), 0.2),
    ),
    "bus": (
        Model("side", Vehicle(0xC0302A, 0xEDE8DC, shape="box", tall=0.66, windows=6, wheel=0.16),
            3.0),
        Model("blue", Vehicle(0x2F5F9C, 0xEDE8DC, shape="box", tall=0.7, windows=5, wheel=0.17),
            3.0),
        Model("front", Front("bus", 0xC9342C, tall=1.75, flank=0.9), 3.1),
        Model("front white", Front("bus", 0xE7E5DC, 0x3F7A4A, tall=1.7, flank=1.2), 3.1),
        Model("double", Front("bus", 0xB8231F, tall=2.4, decks=2, flank=0.9), 4.3),
    ),
    "car": (
        Model("saloon", Vehicle(shape="sedan", tall=0.56), 1.45),
        Model("hatch", Vehicle(shape="hatch", tall=0.62), 1.5),
        Model("estate", Vehicle(shape="van", tall=0.6, windows=3), 1.6),
        Model("sports", Vehicle(shape="sports", tall=0.44, wheel=0.21, windows=1), 1.25),
        Model("small", Vehicle(shape="bug", tall=0.66), 1.5),
        Model("front", Front("car"), 1.5),
        Model("front low", Front("car", tall=1.25), 1.4),
    ),
    "cat": (
        Model("tabby", Pet(replace(_FELINE, coat=0x8F7A62, second=0xD9CBB8, texture="stripes",
            pattern=0x4E4033, grain=0.14, iris=0xA9B24A, marks="stripes")), 0.5),
        Model("ginger", Pet(replace(_FELINE, coat=0xD08A45, second=0xF0E3CF, texture="stripes",
            pattern=0xA8602A, grain=0.16, iris=0xB9A23A, marks="stripes")), 0.5),
        Model("black", Pet(replace(_FELINE, coat=0x242224, second=-1, iris=0xD9C23A)), 0.5),
        Model("white lying", Pet(replace(_FELINE, coat=0xEDEAE4, second=0xF6F3EE, iris=0x6FA8D0),
            lying=True),
            0.35),
        Model("tabby lying", Pet(replace(_FELINE, coat=0x7F7468, second=0xD9CFC0, texture="stripes",
            pattern=0x443C34, grain=0.14, iris=0xA9B24A, marks="stripes"), lying=True), 0.35),
        Model("walking", replace(_CAT, coat=0x9A8468, second=-1, texture="stripes",
            pattern=0x57493A, grain=0.14), 0.38),
    ),
    "chair": (
        Model("kitchen", Seat(style="slats"), 0.95),
        Model("ladder", Seat(0.44, 0.3, 1.1, "ladder"), 1.0),
        Model("panel", Seat(0.48, 0.28, 0.9, "panel"), 0.95),
        Model("padded", Seat(0.5, 0.28, 0.9, "cushion", padded=True), 0.95),
        Model("office", Seat(0.46, 0.3, 0.85, "cushion", True, swivel=True, padded=True,
            cushion=0x2C3036), 1.05),
        Model("arm", Seat(0.52, 0.28, 0.85, "hoop", True), 0.95),
    ),
    "cow": (
        Model("pied", replace(_COW, coat=0xF0EDE6, second=-1, texture="patches", pattern=0x26221F,
            grain=0.5, horns="short"), 1.5),
        Model("brown", replace(_COW, coat=0x8A4F2A, second=0xC9A27A, horns="short"), 1.5),
        Model("cream", replace(_COW, coat=0xD9C3A0), 1.45),
    ),
    "diningtable": (
        Model("plain", Laid(), 0.85),
        Model("cloth", Laid(cloth=True), 0.85),
        Model("round", Laid(round=True), 0.85),
        Model("round cloth", Laid(round=True, cloth=True), 0.85),
    ),
    "dog": (
        Model("brown sitting", Pet(Face(0x9A6633, 0xE9DBC4, ears="flop", marks="blaze",
            tongue=0.4)), 0.65),
        Model("black sitting", Pet(Face(0x26211F, 0x9C5F2A, ears="fold", jaw=0.72, muzzle=0.44,
            marks="tan"), bulk=1.1), 0.7),
        Model("grey sitting", Pet(Face(0x6A6D72, 0xF0EEE8, ears="prick", marks="cheeks mask",
            iris=0x7A5A2C)), 0.65),
        Model("spotted", replace(_DOG, coat=0xF2EFEA, second=-1, texture="spots", pattern=0x1F1C1C,
            grain=0.2), 0.6),
        Model("golden", replace(_DOG, coat=0xC9974F, second=0xE3C48A, tail="bushy"), 0.6),
        Model("dark", replace(_DOG, coat=0x3A2E28, second=0x8A5A33), 0.55),
        Model("lying", Pet(Face(0xB8834A, 0xEBD9B8, ears="flop", tongue=0.5), lying=True), 0.42),
    ),
    "horse": (
        Model("bay", replace(_HORSE, coat=0x7A4526, mane=0x1F1815, socks=0xE9E3D8), 2.0),
        Model("grey", replace(_HORSE, coat=0xC9C8C6, mane=0x8A8A8C), 2.0),
        Model("black", replace(_HORSE, coat=0x2A2523, mane=0x141110), 2.0),
        Model("chestnut", replace(_HORSE, coat=0xA5602F, mane=0xE0C08A, socks=0xF0EAE0), 2.0),
    ),
    "motorbike": (
        Model("road", Cycle("motorbike"), 1.15),
        Model("race", Cycle("motorbike", fairing=True), 1.15),
        Model("scooter", Cycle("scooter"), 1.15),
    ),
    "person": (
        Model("standing", Person("stand"), 1.75),
        Model("walking", Person("walk"), 1.75),
        Model("woman", Person("stand", dress=True), 1.68),
        Model("woman walking", Person("walk", dress=True), 1.68),
        Model("running", Person("run"), 1.7),
        Model("child", Person("walk", child=True), 1.2),
    ),
    "pottedplant": (
        Model("broad", Potted("broad"), 0.7),
        Model("blades", Potted("blades", 0x4F7F4A), 0.8),
        Model("bush", Potted("bush", 0x356A33), 0.75),
        Model("fronds", Potted("fronds", 0x4A8A3F), 0.85),
        Model("bloom", Potted("bloom", 0x4F8A45), 0.55),
    ),
    "sheep": (
        Model("white", replace(_SHEEP, coat=0xEDE6D8, second=-1, texture="curl", pattern=0xD2C8B4,
            grain=0.13, socks=0x4A4038), 0.95),
        Model("grey", replace(_SHEEP, coat=0xB9B0A2, second=-1, texture="curl", pattern=0x968C7E,
            grain=0.13, socks=0x2E2926), 0.95),
        Model("ram", replace(_SHEEP, coat=0xE3D9C6, second=-1, texture="curl", pattern=0xC7BBA4,
            grain=0.13, horns="curl"), 1.05),
    ),
    "sofa": (
        Model("two", Stand("sofa", wide=1.0), 0.9),
        Model("three", Stand("sofa", wide=1.35), 0.9),
    ),
    "train": (
        Model("front blue", Front("train", 0x2F5F9C, 0xE9C23A, tall=1.75, flank=1.9), 3.8),
        Model("front red", Front("train", 0xB8302A, 0xEDEBE4, tall=1.7, flank=1.6), 3.8),
        Model("front yellow", Front("train", 0xE0B03A, 0x2A2C30, tall=1.7, flank=2.2), 3.8),
        Model("coaches", Coach(0x2F6A4A, 0xE9DFC0, "slant", 2), 3.6),
        Model("express", Coach(0xE3E5E6, 0x2F62A8, "slant", 1), 3.6),
        Model("freight", Coach(0x8A3A2A, 0xD9B84A, "box", 1), 3.8),
    ),
    "tvmonitor": (
        Model("flat", Screen("flat"), 0.55),
        Model("wide", Screen("flat", 1.2), 0.65),
        Model("tube", Screen("tube"), 0.55),
        Model("laptop", Screen("laptop"), 0.4),
    ),
})  # fmt: skip
