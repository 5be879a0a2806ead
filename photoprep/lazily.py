"""A sequence whose items are made when they are asked for, and kept by nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item", covariant=True)


class Lazily(Sequence[Item]):
    """``length`` items; each is what ``make`` gives for its place, anew at every look.

    So of half a million pictures only those take memory that somebody is busy with.
    """

    __slots__ = ("_make", "_places")

    def __init__(self, length: int, make: Callable[[int], Item]) -> None:
        self._places, self._make = range(length), make

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        if isinstance(place, slice):
            return [self._make(each) for each in self._places[place]]
        return self._make(self._places[place])
