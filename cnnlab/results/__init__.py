"""What notebooks show and save: tables beside the papers' numbers, intervals, claims, records."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.results.claims import Claim as Claim
    from cnnlab.results.claims import judge as judge
    from cnnlab.results.comparison import compare_with_paper as compare_with_paper
    from cnnlab.results.comparison import paper_table as paper_table
    from cnnlab.results.published import published_ids as published_ids
    from cnnlab.results.published import published_table as published_table
    from cnnlab.results.record import start as start
    from cnnlab.results.source import show_source as show_source
    from cnnlab.results.statistics import Estimate as Estimate
    from cnnlab.results.statistics import difference as difference
    from cnnlab.results.statistics import mean_of as mean_of
    from cnnlab.results.statistics import paired_difference as paired_difference
    from cnnlab.results.statistics import share as share
    from cnnlab.results.style import COLUMN as COLUMN
    from cnnlab.results.style import OURS as OURS
    from cnnlab.results.style import PAGE as PAGE
    from cnnlab.results.style import PAPER as PAPER

__all__ = face(  # pyright: ignore
    __name__,
    claims=("Claim", "judge"),
    comparison=("compare_with_paper", "paper_table"),
    published=("published_ids", "published_table"),
    record=("start",),
    source=("show_source",),
    statistics=("Estimate", "difference", "mean_of", "paired_difference", "share"),
    style=("COLUMN", "OURS", "PAGE", "PAPER"),
)
