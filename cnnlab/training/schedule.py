"""When the learning rate falls, when a training ends, and whether a net had stopped learning."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnlab.profiles import Recipe

SCHEDULES = ("plateau", "step", "linear", "settle")


class Schedule:
    """Learning rates: they fall at plateaus (ZF 3.1), by steps (AGM), in a line, or by "settle".

    "settle" looks at the training loss alone: its rate falls where that has not improved for
    `patience` rows, and at the latest after 0.6, 0.87, 0.96 ... of the run, so that a net which
    never settles ends at a low rate too.
    The whole state is three numbers (`state`), so a resumed run continues exactly. Raises
    ValueError for another name.

    >>> schedule = Schedule(Recipe(schedule="settle", patience=1, drops=0), 100)
    >>> for iteration, loss in ((10, 2.0), (20, 1.0), (30, 1.0)):
    ...     schedule.validated({"iteration": iteration, "train_loss": loss})
    >>> schedule.ended
    True
    """

    def __init__(self, recipe: Recipe, iterations: int):
        if recipe.schedule not in SCHEDULES:
            raise ValueError(
                f"no schedule {recipe.schedule!r}; there are {', '.join(map(repr, SCHEDULES))}"
            )
        self.recipe, self.iterations = recipe, iterations
        self.best, self.waited, self.drops = float("inf"), 0, 0

    @property
    def settling(self) -> bool:
        """Whether the training loss, not an error on other images, decides."""
        return self.recipe.schedule == "settle"

    @property
    def ended(self) -> bool:
        """Whether the run is over before its last iteration."""
        return self.settling and self.drops > self.recipe.drops

    def rate(self, iteration: int) -> float:
        """The learning rate of iteration 0, 1, ..."""
        recipe = self.recipe
        rising = recipe.warmup * self.iterations
        if iteration < rising:
            return recipe.lr * (iteration + 1) / rising
        if recipe.schedule == "linear":
            return recipe.lr * (self.iterations - iteration) / (self.iterations - rising)
        if recipe.schedule == "step":
            return recipe.lr * 0.1 ** (iteration // recipe.step)
        return recipe.lr * 0.1**self.drops

    def validated(self, row: dict[str, float]) -> None:
        """Count a row of the history; after `patience` without a better one the rate falls."""
        recipe, done = self.recipe, row["iteration"]
        value = row["train_loss" if self.settling else "val_top1"]
        if value < self.best * (1 - recipe.settled if self.settling else 1):
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        patient = self.waited < recipe.patience
        if self.settling:
            patient = patient or done * recipe.batch < recipe.least
            late = self.drops < recipe.drops and done >= self.iterations * (1 - 0.4 / 3**self.drops)
            patient = patient and not late
        if not patient:
            self.waited, self.drops = 0, self.drops + 1

    @property
    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"best": self.best, "waited": self.waited, "drops": self.drops}

    @state.setter
    def state(self, state: dict[str, float]) -> None:
        self.best = float(state["best"])
        self.waited, self.drops = int(state["waited"]), int(state["drops"])


def still_learning(history: Sequence[Mapping[str, float]]) -> bool:
    """Whether the watched error fell by more than a point in the last quarter of a training.

    The error there is interpolated between the rows of the history (`fit`); a history of fewer than
    four rows cannot show that a net has stopped, so that it counts as learning.

    >>> errors = {200: 30.0, 400: 20.0, 600: 19.0, 800: 18.5}
    >>> rows = [{"images": n, "val_top1": error} for n, error in errors.items()]
    >>> still_learning(rows), still_learning(rows[:2])
    (False, True)
    """
    if len(history) < 4:
        return True
    images, errors = zip(*((row["images"], row["val_top1"]) for row in history), strict=True)
    return float(np.interp(0.75 * images[-1], images, errors)) - errors[-1] > 1


def iterations(recipe: Recipe) -> int:
    """Batches in a whole run; in the longest one by the schedule "settle"."""
    return max(1, recipe.images // recipe.batch)


def checkpoint_iterations(recipe: Recipe) -> list[int]:
    """The iterations whose weights are kept, from the recipe's shares of the run."""
    return [max(1, round(share * iterations(recipe))) for share in recipe.checkpoints]
