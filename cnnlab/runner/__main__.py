"""Execute one notebook in a process of its own: `python -m cnnlab.runner JOB`, JOB as JSON."""

import json
import sys

from cnnlab.runner.notebook_process import ParentPipe

if __name__ == "__main__":
    parent = ParentPipe()  # before the slow imports, so that an orphan ends at once
    # An optional checker of web addresses, which notebooks hold none of, takes half of the start.
    sys.modules.setdefault("rfc3987_syntax", None)  # pyright: ignore[reportArgumentType]
    from cnnlab.runner.execute import execute

    sys.exit(execute(json.loads(sys.argv[1]), parent))
