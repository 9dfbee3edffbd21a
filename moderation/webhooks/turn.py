"""Who delivers in this process: one call at a time; what comes meanwhile asks it to look once more."""

import threading


class Turn:
    """Taken by one thread; whoever asks before it ends is heard, at the latest by who takes it next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = self._asked = False

    def take(self) -> bool:
        """Take the turn; return False, having asked, where another thread has it."""
        with self._lock:
            if self._taken:
                self._asked = True
                return False
            self._taken, self._asked = True, False
            return True

    def ask(self) -> bool:
        """Ask the thread that has the turn to look once more; return whether any has it."""
        with self._lock:
            self._asked = self._taken
            return self._taken

    def listen(self) -> None:
        """Forget who asked, because the caller looks now."""
        with self._lock:
            self._asked = False

    def end_unless_asked(self) -> bool:
        """End the turn where nobody asked since the last look; return whether it ended."""
        with self._lock:
            self._taken = self._asked
            return not self._taken

    def end(self) -> None:
        with self._lock:
            self._taken = False


of_this_process = Turn()
ask = of_this_process.ask
