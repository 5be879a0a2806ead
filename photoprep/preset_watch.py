"""The section of a preset about a watched folder: when it is quiet, how often it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from photoprep.preset import WatchSpec
from photoprep.preset_values import Section


class WatchSection(Section):
    """When what is dropped into a watched folder (photoprep watch) is taken to be there whole."""

    quiet_s: Annotated[
        float,
        Field(
            ge=0.1,
            le=3600,
            strict=True,
            description="Seconds for which nothing in a folder may have changed before it is "
            "prepared.",
        ),
    ] = 5
    quiet_on_shares_s: Annotated[
        float,
        Field(
            ge=0.1,
            le=3600,
            strict=True,
            description="The same on network shares and in synchronised folders, where a transfer "
            "may pause. Where this is less than quiet_s, quiet_s holds there too.",
        ),
    ] = 20
    scan_s: Annotated[
        float,
        Field(
            ge=0.1,
            le=3600,
            strict=True,
            description="Seconds after which the folder is looked through again, whether or not "
            "anything told of a change.",
        ),
    ] = 30

    scan_on_shares_s: Annotated[
        float,
        Field(
            ge=0.1,
            le=3600,
            strict=True,
            description="The same where no events tell of changes, as on network shares: looking "
            "alone finds what is new. Where this is more than scan_s, scan_s holds there too.",
        ),
    ] = 5

    def spec(self) -> WatchSpec:
        """The section as the watch room takes it."""
        return WatchSpec(
            quiet_s=self.quiet_s,
            quiet_on_shares_s=max(self.quiet_s, self.quiet_on_shares_s),
            scan_s=self.scan_s,
            scan_on_shares_s=min(self.scan_s, self.scan_on_shares_s),
        )
