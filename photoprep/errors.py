"""What can go wrong, each cause with its exit code and its words for a person.

    PhotoprepError              message · hint · path, and an exit code
    ├── UsageError              2   the command line asks for what cannot be
    ├── NothingPreparedError    65  there were pictures, and none could be prepared
    ├── NoPhotosError           66  there was no picture at all
    ├── CannotWriteError        73  the output folder or a file in it
    │   ├── NewerRecordError        a newer photoprep's folder
    │   └── RecordDamagedError      its record; the next run rebuilds it
    ├── OutputBusyError         75  another run is at work in the output folder
    ├── WatchedAlreadyError     75  another photoprep watches the same folder
    ├── WatchedFolderGoneError  75  a watched folder is not there now, or its share is not
    ├── PresetError             78  a preset or the sender's profile is wrong
    ├── MailTooLargeError       65  one attachment alone is over the mail's limit
    ├── DraftUnusableError      65  a draft that cannot go out as it lies
    ├── MailRefusedError        69  a server said no for good
    ├── DeliveryRefusedError    69  what delivers to another target said no
    ├── TryLaterError           75  what is to be reached cannot be now, or said not now
    │   └── StoreError              a store of files (s3://…) that cannot be reached, or refuses
    ├── ClusterMismatchError    78  a cluster's workers would make other photos than this machine
    ├── AccountError            78  a mail account is missing, or what is known of it is wrong
    ├── PluginError             70  a plug-in that delivers has a fault
    ├── ManifestUnreadableError 65  a list of the products; the run goes on without it
    └── PhotoError              65  one picture; the run goes on without it
        ├── NotAPictureError        not a picture at all: skipped, not failed
        ├── UnsupportedFormatError  a picture, in a format photoprep does not read
        │   └── MissingExtraError       or would, with something more installed; a cluster too
        ├── DamagedPhotoError       it ends too early, or its content is broken
        ├── TooManyPixelsError      more megapixels than a worker may hold
        ├── SourceUnreadableError   the disk or its rights refuse it
        ├── SourceChangedError      it changed while it was being read
        ├── ArchiveRefusedError     an archive, or a file in one, that is damaged or not taken
        ├── CannotFitError          no setting brings it within its bytes
        │   └── TooSmallABudgetError    a sheet's page, which may be parted over two
        ├── NotEnoughMemoryError    it took more memory than its worker may have
        ├── PhotoTimeoutError       it was not done within its time
        ├── WorkerDiedError         the process at work on it was killed or crashed
        ├── PluginFailedError       a fault of the plug-in that reads its format
        └── UnexpectedPhotoError    a bug of photoprep's own that this picture brought out

A library's exception is translated once, where the library is called, with ``from``.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What the process says when it ends (sysexits.h where a number there fits)."""

    DONE = 0
    SOME_FAILED = 1
    WRONG_USAGE = 2
    FINDINGS = 3
    NOTHING_PREPARED = 65
    NO_PHOTOS = 66
    REFUSED = 69
    BUG = 70
    CANNOT_WRITE = 73
    TRY_LATER = 75
    WRONG_PRESET = 78
    INTERRUPTED = 130


class PhotoprepError(Exception):
    """Something a person can understand and mend.

    ``message`` says what is wrong in one sentence, ``hint`` what to do about it, ``path`` with
    which file, or ``address`` with which one in a store. Instances survive pickling, because they
    travel home from worker processes.
    """

    exit_code: ExitCode = ExitCode.BUG

    def __init__(
        self, message: str, *, hint: str = "", path: Path | None = None, address: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.address = address

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__.copy()))

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    @property
    def place(self) -> str:
        """Where it is wrong, a file or an address; empty where that is not said."""
        return self.address or ("" if self.path is None else str(self.path))


def _rebuild(kind: type[PhotoprepError], attributes: dict[str, object]) -> PhotoprepError:
    """Make an error again on this side of a process border, whatever its own arguments are."""
    error = kind.__new__(kind)
    Exception.__init__(error, attributes["message"])
    error.__dict__.update(attributes)
    return error


class UsageError(PhotoprepError):
    """The command line or the call asks for something that cannot be."""

    exit_code = ExitCode.WRONG_USAGE


class NothingPreparedError(PhotoprepError):
    """There were pictures, and none of them could be prepared."""

    exit_code = ExitCode.NOTHING_PREPARED


class NoPhotosError(PhotoprepError):
    """There was no picture at all in what was given.

    ``is_passing`` says that some of it could not be looked at, so that there may be one.
    """

    exit_code = ExitCode.NO_PHOTOS
    is_passing: bool = False


class CannotWriteError(PhotoprepError):
    """A folder or a file of the output cannot be written."""

    exit_code = ExitCode.CANNOT_WRITE


class NewerRecordError(CannotWriteError):
    """The output folder's record was written by a newer photoprep."""


class RecordDamagedError(CannotWriteError):
    """The output folder's record makes no sense; opening it again rebuilds it."""


class OutputBusyError(PhotoprepError):
    """Another run is at work in the same output folder."""

    exit_code = ExitCode.TRY_LATER


class WatchedAlreadyError(PhotoprepError):
    """Another photoprep watches the same folder, or puts what comes of one into the same output."""

    exit_code = ExitCode.TRY_LATER


class WatchedFolderGoneError(PhotoprepError):
    """A watched folder is not there, is not to be read, or lies bare without its disk or share.

    What lay in it is not known to be gone: it may all be there when the folder comes back.
    """

    exit_code = ExitCode.TRY_LATER


class PresetError(PhotoprepError):
    """A preset or the sender's profile says something wrong."""

    exit_code = ExitCode.WRONG_PRESET


class MailTooLargeError(PhotoprepError):
    """One attachment alone makes a mail larger than its limit."""

    exit_code = ExitCode.NOTHING_PREPARED


class DraftUnusableError(PhotoprepError):
    """A draft is missing, cut short or changed, so that it cannot go out as it lies."""

    exit_code = ExitCode.NOTHING_PREPARED


class MailRefusedError(PhotoprepError):
    """A mail server said no, and would say it again."""

    exit_code = ExitCode.REFUSED


class DeliveryRefusedError(PhotoprepError):
    """The plug-in that delivers says that it cannot be done, and why."""

    exit_code = ExitCode.REFUSED


class TryLaterError(PhotoprepError):
    """A server, a target or a cluster was not to be reached or said "not now"; it may do later."""

    exit_code = ExitCode.TRY_LATER


class StoreError(TryLaterError):
    """A store of files, such as a bucket, cannot be reached or refuses."""


class ClusterMismatchError(PhotoprepError):
    """A cluster has workers whose versions of photoprep or its libraries are not this machine's."""

    exit_code = ExitCode.WRONG_PRESET


class AccountError(PhotoprepError):
    """A mail account is not known, or its file, address or password is missing or wrong."""

    exit_code = ExitCode.WRONG_PRESET


class PluginError(PhotoprepError):
    """A plug-in that was asked for cannot be used, or fails in a way that it does not explain."""

    exit_code = ExitCode.BUG


class ManifestUnreadableError(PhotoprepError):
    """A list of the products cannot be read; the run goes on without it and says so."""

    exit_code = ExitCode.NOTHING_PREPARED


class PhotoError(PhotoprepError):
    """One picture cannot be prepared; the others go on.

    ``source_sha256`` is the hash of the file that the verdict is about, where it was read whole.
    """

    exit_code = ExitCode.NOTHING_PREPARED
    source_sha256: str = ""


class NotAPictureError(PhotoError):
    """The file is no picture, by its content: it is skipped, which is no failure."""


class UnsupportedFormatError(PhotoError):
    """A picture in a format that photoprep does not read."""


class MissingExtraError(UnsupportedFormatError):
    """What reads the picture's format, or works on a cluster, is an extra that is not installed."""


class DamagedPhotoError(PhotoError):
    """The picture ends too early or its content is broken."""


class TooManyPixelsError(PhotoError):
    """The picture has more pixels than one worker may hold in memory."""


class SourceUnreadableError(PhotoError):
    """The disk, the network share or its rights refuse the file."""


class NoRoomError(SourceUnreadableError):
    """There is no room for the copy of it that has to be made."""


class SourceChangedError(PhotoError):
    """The file changed while it was being read."""


class ArchiveRefusedError(PhotoError):
    """An archive, or a file within one, is damaged or of a kind or size that is not taken."""


class CannotFitError(PhotoError):
    """No allowed size and quality brings the picture within its bytes.

    ``smallest_bytes`` is the smallest size that was reached.
    """

    def __init__(
        self, message: str, *, smallest_bytes: int, hint: str = "", path: Path | None = None
    ) -> None:
        super().__init__(message, hint=hint, path=path)
        self.smallest_bytes = smallest_bytes


class TooSmallABudgetError(CannotFitError):
    """A sheet's page does not come within its bytes with the quality that was asked for.

    ``quality`` (0–100) is what the bytes would have led to, 0 where nothing fitted at all. Whoever
    laid the page out makes it smaller, or parts it over two.
    """

    def __init__(
        self, message: str, *, smallest_bytes: int, quality: float = 0.0, hint: str = ""
    ) -> None:
        super().__init__(message, smallest_bytes=smallest_bytes, hint=hint)
        self.quality = quality


class NotEnoughMemoryError(PhotoError):
    """The picture needed more memory than its worker may have, or than there was."""


class PhotoTimeoutError(PhotoError):
    """The picture was not done within its time and was given up."""


class WorkerDiedError(PhotoError):
    """The process that worked on the picture crashed or was killed."""


class PluginFailedError(PhotoError):
    """The plug-in that reads the picture's format has a fault, or is not installed whole."""


class UnexpectedPhotoError(PhotoError):
    """A bug of photoprep's own, brought out by this picture."""
