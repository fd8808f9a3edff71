"""The long form ends with the table of all counts, if nothing failed."""

import pytest
from fault_tools import LONG, write_counts


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if LONG and exitstatus == 0:
        write_counts()
