"""The fourth step: finished photos are packed into drafts, each written only when it is new."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date as Date

from photoprep.output_folder import OutputFolder
from photoprep.preset import Preset
from photoprep.profile import SenderProfile
from photoprep.report import MailedPhoto, Prepared, Reused, WrittenMail
