"""The source of a case as a tree, for what is read off it before the case is run."""

from __future__ import annotations

import ast
import inspect
import textwrap
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, Final

# Python 3.11 counts the depth of a tree that it builds for all threads together, and fails.
_ONE: Final = threading.Lock()


@cache
def tree(function: Callable[..., Any]) -> ast.Module:
    """Return the definition of a function; its steps, for one, are constants there."""
    with _ONE:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
