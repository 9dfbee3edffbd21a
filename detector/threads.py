"""The processor threads of PyTorch and OpenCV in this process."""

import cv2
import torch

_taken: list[int] = []  # how many PyTorch had before `leave_one`


def give(threads: int | None) -> int:
    """Let both use `threads`, None for as many as there were before `leave_one`; return how many PyTorch has."""
    if threads is not None:
        cv2.setNumThreads(threads)
    elif _taken:
        threads = _taken[0]
    if threads is not None:
        torch.set_num_threads(threads)
    _taken.clear()
    return torch.get_num_threads()


def leave_one() -> None:
    """Leave PyTorch one thread: where only small heads run on it, its waiting threads would take an engine's cores."""
    if not _taken:
        _taken.append(torch.get_num_threads())
    torch.set_num_threads(1)
