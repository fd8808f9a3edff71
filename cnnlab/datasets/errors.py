"""What goes wrong with image sets, each as one sentence that names the thing and the fix."""


class DataError(ValueError):
    """An image set, an archive or an image cannot be used as it is."""


class DataMissing(DataError, FileNotFoundError):
    """A real image set is not where it was looked for."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""
