"""What notebooks show and save: tables beside the papers' numbers, intervals, claims, records."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.results.claims import Claim, judge
    from cnnlab.results.columns import three_columns
    from cnnlab.results.published import (
        committed_table,
        compare_with_paper,
        marks,
        published_ids,
        published_table,
    )
    from cnnlab.results.record import start
    from cnnlab.results.source import show_source
    from cnnlab.results.statistics import (
        Estimate,
        bootstrap,
        difference,
        mean_of,
        paired_difference,
        share,
        share_of_mean,
    )
    from cnnlab.results.style import COLUMN, PAGE

__all__ = face(__name__)  # pyright: ignore
