"""A series goes out: part by part, recipient by recipient, and the journal knows before the server.

For every recipient the parts go in order, and when one did not go, no later one follows it in this
run: it waits for the next. Others go on. What was handed over and not answered for is left as it
is (``Outbox``). Clock, sleep and connection come from outside, so that tests can have them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import format_datetime

from photoprep.errors import (
    DraftUnusableError,
    MailRefusedError,
    PhotoprepError,
    TryLaterError,
    UsageError,
)
from photoprep.language import say, say_both
from photoprep.mail.account import Account
from photoprep.mail.addressing import Addressees, addressed, ids_of_drafts, message_ids
from photoprep.mail.mailboxes import Mailbox
from photoprep.mail.outbox import Begun, Delivery, Outbox
from photoprep.mail.outgoing import Draft, OutgoingSeries
from photoprep.mail.smtp import Outcome, Session

Clock = Callable[[], datetime.datetime]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait, in seconds: between two mails, and before each further try of one.

    A mail that is put off is tried ``len(waits_s) + 1`` times in a run.
    """

    pause_s: float = 2.0
    waits_s: tuple[float, ...] = (5.0, 30.0)


@dataclass(frozen=True, slots=True)
class Sending:
    """A series, from whom and to whom; and with which bytes, once its date is known.

    ``sender`` is the account's own address, for drafts that name none; ``ids`` are the parts'
    Message-IDs, which are the same for the same series and people.
    """

    series: OutgoingSeries
    account: Account
    addressees: Addressees

    sender: Mailbox = field(init=False)
    ids: tuple[str, ...] = field(init=False)
    _renamed: dict[bytes, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sender, drafts = Mailbox(self.account.address), self.series.drafts
        ids = message_ids(self.series.identity, drafts, sender, self.addressees)
        object.__setattr__(self, "sender", sender)
        object.__setattr__(self, "ids", tuple(ids))
        object.__setattr__(self, "_renamed", ids_of_drafts(drafts, ids))

    @property
    def keys(self) -> list[str]:
        """Every recipient as the journal has them."""
        return [mailbox.key for mailbox in self.addressees.all]

    def message(self, draft: Draft, date: str) -> bytes:
        """The part as it goes onto the wire, with that Date header."""
        return addressed(
            draft,
            self.sender,
            self.addressees,
            ids=self.ids,
            renamed=self._renamed,
            date=date,
        )

    def deliveries(self, outbox: Outbox) -> dict[int, list[Delivery]]:
        """What is known of each part for each recipient, in order."""
        return {
            draft.part: [
                outbox.delivery(self.series.identity, draft.part, key) for key in self.keys
            ]
            for draft in self.series.drafts
        }


def wire_bytes(sending: Sending, now: datetime.datetime) -> list[int]:
    """What each part weighs on the wire with its recipients.

    Raises:
        DraftUnusableError: one is over the series' limit.

    """
    sizes = []
    limit = sending.series.limit_bytes
    for draft in sending.series.drafts:
        # Every date of this form is as long as any other.
        sizes.append(len(sending.message(draft, format_datetime(now))))
        if limit is not None and sizes[-1] > limit:
            raise DraftUnusableError(
                say(
                    "{filename} with its recipients has {size:,} bytes, and {limit:,} are allowed.",
                    filename=draft.filename,
                    size=sizes[-1],
                    limit=limit,
                ),
                hint=say("Send to fewer people at a time; --bcc adds nothing to a mail."),
            )
    return sizes


def check_not_mixed(sending: Sending, outbox: Outbox) -> None:
    """Hold that nobody gets the rest of one series in the numbering of another.

    Raises:
        UsageError: a recipient has some parts of a series that was in this folder before.

    """
    latest: dict[str, Begun] = {}
    for begun in outbox.begun():
        latest |= dict.fromkeys([key for key in sending.keys if begun.settled.get(key)], begun)
    for key, begun in latest.items():
        if begun.series != sending.series.identity and begun.half_way([key]):
            raise UsageError(
                say(
                    "{recipient} has {done} of the {parts} mails of a series that has been "
                    "changed since.",
                    recipient=key,
                    done=len(begun.settled[key]),
                    parts=begun.parts,
                ),
                hint=say(
                    "Its numbering stands, so the rest cannot be taken from these. Bring the "
                    "photos back as they were and prepare them again to send the rest, or send "
                    "all of the new series with --begin-anew."
                ),
            )


def earlier_series(sending: Sending, outbox: Outbox) -> list[Begun]:
    """Other series from this folder of which a recipient has all, the latest last."""
    return [
        begun
        for begun in outbox.begun()
        if begun.series != sending.series.identity and begun.whole(sending.keys)
    ]


@dataclass(slots=True)
class Postman:
    """Carries a sending out; one for one run.

    ``connect`` opens a session (``smtp.Session``), and raises what it raises. ``tell`` gets each
    sentence about what goes on, for a person who waits.
    """

    sending: Sending
    outbox: Outbox
    connect: Callable[[], Session]
    pace: Pace
    clock: Clock
    sleep: Callable[[float], None]
    tell: Callable[[str], None] = lambda _: None
    _session: Session | None = None
    _sent_before: bool = False

    def deliver(self) -> None:
        """Send what has yet to go; how it went stands in the journal.

        Raises:
            TryLaterError, MailRefusedError, AccountError: as ``Session`` does, at the beginning.
            MailRefusedError: a part is larger than the server takes; nothing has been sent.
            CannotWriteError: the journal cannot be kept.

        """
        try:
            self._check_sizes(self._first_session())
            series = self.sending.series
            self.outbox.begin(series.identity, len(series.drafts), self._now())
            active = set(self.sending.keys)
            for draft in series.drafts:
                active -= self._send_part(draft, active)
                if not active:
                    break
        except BaseException:
            if self._session is not None:
                self._session.close()
            raise
        if self._session is not None:
            self._session.end()

    def _first_session(self) -> Session:
        waits = iter(self.pace.waits_s)
        while True:
            try:
                return self._connected()
            except TryLaterError as error:
                wait_s = next(waits, None)
                if wait_s is None:
                    raise
                self._wait(wait_s, error.message)

    def _check_sizes(self, session: Session) -> None:
        limit = session.size_limit_bytes
        sizes = wire_bytes(self.sending, self.clock())
        for draft, size in zip(self.sending.series.drafts, sizes, strict=True):
            if limit is not None and size > limit:
                raise MailRefusedError(
                    say(
                        "The server takes mails of at most {limit:,} bytes, and {filename} has "
                        "{size:,}. Nothing has been sent.",
                        limit=limit,
                        filename=draft.filename,
                        size=size,
                    ),
                    hint=say(
                        "Prepare the folder again with a preset of smaller mails (max_bytes under "
                        "[mail])."
                    ),
                )

    def _send_part(self, draft: Draft, active: set[str]) -> set[str]:
        """Send one part to those of ``active`` who wait for it; those whom it did not reach."""
        series = self.sending.series.identity
        known = [self.outbox.delivery(series, draft.part, key) for key in sorted(active)]
        waiting = [delivery for delivery in known if delivery.may_go]
        if not waiting:
            return set()
        if self._sent_before:
            self.sleep(self.pace.pause_s)
        self._sent_before = True
        message_id = self.sending.ids[draft.part - 1]
        date = self.outbox.date_of(message_id, format_datetime(self.clock()))
        data = self.sending.message(draft, date)
        left: set[str] = set()
        for wait_s in (*self.pace.waits_s, None):
            done = self._attempt(data, message_id, waiting)
            waiting = [delivery for delivery in done if delivery.state == "deferred"]
            left |= {each.recipient for each in done if each.state not in ("sent", "deferred")}
            if not waiting or wait_s is None:
                break
            self._wait(wait_s, waiting[0].reply)
        return left | {delivery.recipient for delivery in waiting}

    def _attempt(self, data: bytes, message_id: str, waiting: list[Delivery]) -> list[Delivery]:
        """One try: what became of it for each, journalled before it could matter."""
        by_address = self._by_address(waiting)
        try:
            session = self._connected()
        except TryLaterError as error:
            return self._conclude([(each, "deferred", error.message) for each in waiting])
        in_flight: list[Delivery] = []

        def before_data(taken: Sequence[str]) -> None:
            chosen = [by_address[address] for address in taken]
            in_flight[:] = self.outbox.sending(chosen, message_id, self._now())
            by_address.update(zip(taken, in_flight, strict=True))

        def before_dot() -> None:
            in_flight[:] = self.outbox.handing(in_flight, self._now())
            by_address.update(zip(self._by_address(in_flight), in_flight, strict=True))

        try:
            verdicts = session.transmit(
                self.sending.account.address,
                list(by_address),
                data,
                before_data=before_data,
                before_dot=before_dot,
            )
        except BaseException:
            # Ctrl-C, or a disk that is full. The journal says the same when it is opened again;
            # this says it at once.
            with suppress(PhotoprepError):
                self._interrupted(in_flight)
            raise
        # All in one: they were one message, and a kill between two would leave one in doubt.
        ends = [(by_address[address], verdict) for address, verdict in verdicts.items()]
        done = self._conclude(
            [(each, said.outcome, say_both(said.message, said.hint)) for each, said in ends]
        )
        for delivery, (_, verdict) in zip(done, ends, strict=True):
            self.tell(
                say(
                    "Mail {part} to {recipient}: {message}",
                    part=delivery.part,
                    recipient=delivery.recipient,
                    message=verdict.message,
                )
            )
        return done

    def _interrupted(self, in_flight: list[Delivery]) -> None:
        handed = any(delivery.handed for delivery in in_flight)
        said = (
            say("photoprep was interrupted before the server had answered")
            if handed
            else say("photoprep was interrupted before the mail was handed over")
        )
        self._conclude([(each, "unknown" if handed else "deferred", said) for each in in_flight])

    def _conclude(self, ends: list[tuple[Delivery, Outcome, str]]) -> list[Delivery]:
        return self.outbox.conclude(ends, self._now())

    def _by_address(self, deliveries: Sequence[Delivery]) -> dict[str, Delivery]:
        """The deliveries by the address that the server is told."""
        addresses = {mailbox.key: mailbox.address for mailbox in self.sending.addressees.all}
        return {addresses[delivery.recipient]: delivery for delivery in deliveries}

    def _connected(self) -> Session:
        if self._session is None or not self._session.is_open:
            self._session = self.connect()
        return self._session

    def _wait(self, wait_s: float, why: str) -> None:
        self.tell(say("{why} Trying again in {seconds:g} s.", why=why, seconds=wait_s))
        self.sleep(wait_s)

    def _now(self) -> str:
        """The time for the journal: in UTC, so that it sorts."""
        return self.clock().astimezone(datetime.UTC).isoformat(timespec="microseconds")
