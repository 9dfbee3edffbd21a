"""What keeps a person from starting the site, said in one sentence."""

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SENTENCES = {
    errno.ENOSPC: "The disk that holds {path} is full.",
    errno.EDQUOT: "The disk quota for {path} is used up.",
    errno.EACCES: "There is no permission to write {path}.",
    errno.EPERM: "There is no permission to change {path}.",
    errno.EROFS: "{path} is on a read-only disk.",
    errno.ENAMETOOLONG: "The path {path} is too long; move the project to a shorter one.",
    errno.ENOEXEC: "{path} was built for another kind of machine.",
}


class SetupError(Exception):
    """Something is missing, and `str(error)` is one sentence that a person can act on."""


def sentence(error: OSError) -> str:
    """Returns one sentence for an operating-system error, with the path that it is about."""
    template = _SENTENCES.get(error.errno or 0)
    if template is None:
        return f"The operating system refused: {error}."
    return template.format(path=error.filename or "the project")


@contextmanager
def setup_errors() -> Iterator[None]:
    """Turns every OSError of the block into a SetupError."""
    try:
        yield
    except OSError as error:
        raise SetupError(sentence(error)) from error


def run_plainly(main: Callable[[], int]) -> int:
    """Runs `main` and returns its exit status: 1 after a SetupError, whose sentence is printed; 130 after Ctrl-C."""
    try:
        with setup_errors():
            return main()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
