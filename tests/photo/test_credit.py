from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photoprep.photo.credit import ARTIST, COPYRIGHT, add_credit_from
from photoprep.photo.metadata import clean_exif

XMP = """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
 <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
  <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'>
   <dc:creator><rdf:Seq><rdf:li>Li Na</rdf:li><rdf:li>{second}</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© Factory</rdf:li>
    <rdf:li xml:lang='de'>© Werk</rdf:li></rdf:Alt></dc:rights>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end='w'?>"""
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"


def found(xmp: object = b"", iptc: object = b"", exif: Image.Exif | None = None) -> list[object]:
    exif = Image.Exif() if exif is None else exif
    add_credit_from(exif, xmp, iptc)
    return [exif.get(tag) for tag in (ARTIST, COPYRIGHT)]


def dataset(number: int, text: bytes, record: int = 2) -> bytes:
    return b"\x1c" + bytes([record, number]) + len(text).to_bytes(2, "big") + text


def test_of_several_makers_all_and_of_several_languages_the_first() -> None:
    packet = XMP.format(second="Zoë").encode()
    assert found(packet) == ["Li Na; Zoë".encode(), "© Factory".encode()]


def test_with_padding_as_programs_leave_it() -> None:
    assert found(XMP.format(second="").encode() + b" \n" * 500 + b"\0")[0] == b"Li Na"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_resolved(encoding: str) -> None:
    packet = ENTITIES + XMP[XMP.index("<x:") :].format(second="&b;")
    assert found(packet.encode(encoding)) == [None, None]


def test_iptc_in_either_encoding_and_before_xmp() -> None:
    block = dataset(90, b"\x1b%G", record=1) + dataset(80, "Zoë".encode()) + dataset(80, b"Li")
    block += dataset(116, b"\xa9 M\xfcller")
    assert found(XMP.format(second="").encode(), block) == [
        "Zoë; Li".encode(),
        "© Müller".encode(),
    ]


def test_a_blank_exif_says_nothing() -> None:
    exif = Image.Exif()
    exif[ARTIST], exif[COPYRIGHT] = " \0 ", "mine"
    assert found(b"", dataset(80, b"Li") + dataset(116, b"theirs"), exif) == [b"Li", "mine"]


def test_a_long_one_is_cut_between_letters() -> None:
    (artist, _) = found(b"", dataset(80, "娜".encode() * 1000))
    assert isinstance(artist, bytes)
    assert len(artist) == 498
    assert artist.decode() == "娜" * 166


def test_line_breaks_become_spaces() -> None:
    assert found(b"", dataset(80, b" Li\r\nNa\t"))[0] == b"Li Na"


@given(st.binary(max_size=300), st.integers(0, 300))
def test_broken_blocks_cost_nothing(noise: bytes, cut: int) -> None:
    whole = XMP.format(second="").encode()
    block = dataset(80, b"Li") + dataset(116, b"Na")
    for xmp, iptc in (
        (noise, noise),
        (whole[: cut * 3], block[:cut]),
        (whole[:cut] + noise, noise),
    ):
        exif = Image.Exif()
        add_credit_from(exif, xmp, iptc)
        clean_exif(exif)


@pytest.mark.parametrize("block", [None, 7, "text", (1, 2)])
def test_what_is_no_block_is_absent(block: object) -> None:
    assert found(block, block) == [None, None]
