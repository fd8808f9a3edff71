"""How the learning rate falls: at plateaus (ZF 3.1), by steps (AGM), or in a line to zero."""

from cnnlab.profiles import Recipe


class Schedule:
    """Learning rate of each iteration; `plateau` also listens to the validation error.

    Its whole state is three numbers (`state`), so a resumed run continues exactly.
    """

    def __init__(self, recipe: Recipe, iterations: int):
        if recipe.schedule not in ("plateau", "step", "linear"):
            raise ValueError(
                f"no schedule {recipe.schedule!r}; there are 'plateau', 'step' and 'linear'"
            )
        self.recipe, self.iterations = recipe, iterations
        self.best, self.waited, self.drops = float("inf"), 0, 0

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

    def validated(self, error: float) -> None:
        """Count a validation error; after `patience` without a better one the rate falls."""
        if error < self.best:
            self.best, self.waited = error, 0
        else:
            self.waited += 1
        if self.waited >= self.recipe.patience:
            self.waited, self.drops = 0, self.drops + 1

    @property
    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"best": self.best, "waited": self.waited, "drops": self.drops}

    @state.setter
    def state(self, state: dict[str, float]) -> None:
        self.best = float(state["best"])
        self.waited, self.drops = int(state["waited"]), int(state["drops"])
