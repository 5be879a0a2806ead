"""All that a caller gives, paths or an address, becomes what there is to prepare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from photoprep.catalogue.dropped import dropped_path
from photoprep.catalogue.scan import Dropped, scan
from photoprep.errors import UsageError
from photoprep.given import GivenPaths, paths_given
from photoprep.language import say
from photoprep.remote_address import is_address


def gather(
    given: GivenPaths,
    *,
    links_within: Path | None = None,
    on_found: Callable[[int], None] = lambda _found: None,
) -> Dropped:
    """Find every file under paths of this computer (see ``scan``), or at one address of a store.

    ``on_found`` hears how many are found in a store so far, whose list may take minutes.

    Raises:
        UsageError: nothing is there, or it was made by photoprep, or an address is not alone.
        StoreError, MissingExtraError: as for ``remote.scan_address``.

    """
    paths = paths_given(given)
    addresses = [path for path in paths if isinstance(path, str) and is_address(path)]
    if not addresses:
        return scan([dropped_path(path) for path in paths], links_within=links_within)
    if len(paths) > 1:
        raise UsageError(
            say(
                "An address is prepared by itself, without others beside it: {address}.",
                address=addresses[0],
            ),
            hint=say("Run once for each."),
        )
    from photoprep.catalogue.remote import scan_address  # few people have a store

    return scan_address(addresses[0], on_found)
