"""Good sans-serif fonts of Windows, macOS and Linux, by the script that they are for.

A candidate is a file's name, which is found in whatever folder it lies; in a collection the face is
told by its family. ``bold`` is the file of the bold face: the same one where a collection or a
variable font holds both. The order within a script is the order of preference; only one system's
fonts are on a machine as a rule, so that the systems need not be told apart.

Names of files: Microsoft's "Windows 11 font list", Apple's "Fonts included with macOS", and the
packages of Debian, Fedora and Arch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Script = Literal[
    "latin",
    "chinese",
    "taiwanese",
    "japanese",
    "korean",
    "arabic",
    "hebrew",
    "thai",
    "devanagari",
    "other",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A font to look for: file names of its regular and bold face, the family in a collection."""

    regular: str
    bold: str
    family: str = ""


def _noto(script: str) -> Candidate:
    return Candidate(f"NotoSans{script}-Regular.ttf", f"NotoSans{script}-Bold.ttf")


def _noto_variable(script: str) -> Candidate:
    return _one(f"NotoSans{script}[wght].ttf")


def _cjk(region: str) -> tuple[Candidate, ...]:
    """Noto Sans CJK of one region: the collection of Debian and Arch, the variable of Fedora."""
    family = f"Noto Sans CJK {region.upper()}"
    one = f"NotoSansCJK{region}"
    return (
        Candidate("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", family),
        _one("NotoSansCJK-VF.otf.ttc", family),
        _one("NotoSansCJK-VF.ttc", family),
        Candidate(f"{one}-Regular.otf", f"{one}-Bold.otf"),
        Candidate(f"NotoSans{region.upper()}-Regular.otf", f"NotoSans{region.upper()}-Bold.otf"),
        _one(f"NotoSans{region.upper()}[wght].ttf"),
    )


def _one(file: str, family: str = "") -> Candidate:
    return Candidate(file, file, family)


CANDIDATES: dict[Script, tuple[Candidate, ...]] = {
    # Latin, Greek and Cyrillic: one font for all three, so that a line does not change its look.
    "latin": (
        Candidate("segoeui.ttf", "segoeuib.ttf"),
        _one("HelveticaNeue.ttc", "Helvetica Neue"),
        _noto(""),
        _noto_variable(""),
        Candidate("OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
        Candidate("Ubuntu-R.ttf", "Ubuntu-B.ttf"),
        Candidate("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
        Candidate("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
        Candidate("Arial.ttf", "Arial Bold.ttf"),
        Candidate("arial.ttf", "arialbd.ttf"),
    ),
    "chinese": (
        Candidate("msyh.ttc", "msyhbd.ttc", "Microsoft YaHei"),
        Candidate("simhei.ttf", "simhei.ttf"),
        _one("PingFang.ttc", "PingFang SC"),
        _one("Hiragino Sans GB.ttc", "Hiragino Sans GB"),
        Candidate("STHeiti Light.ttc", "STHeiti Medium.ttc", "Heiti SC"),
        *_cjk("sc"),
        Candidate("SourceHanSansCN-Regular.otf", "SourceHanSansCN-Bold.otf"),
        Candidate("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"),
        _one("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
        _one("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
        _one("DroidSansFallbackFull.ttf"),
        _one("DroidSansFallback.ttf"),
        _one("simsun.ttc", "SimSun"),
    ),
    "taiwanese": (
        Candidate("msjh.ttc", "msjhbd.ttc", "Microsoft JhengHei"),
        _one("PingFang.ttc", "PingFang TC"),
        Candidate("STHeiti Light.ttc", "STHeiti Medium.ttc", "Heiti TC"),
        *_cjk("tc"),
        Candidate("SourceHanSansTW-Regular.otf", "SourceHanSansTW-Bold.otf"),
    ),
    "japanese": (
        Candidate("YuGothM.ttc", "YuGothB.ttc", "Yu Gothic"),
        Candidate("meiryo.ttc", "meiryob.ttc", "Meiryo"),
        Candidate("ヒラギノ角ゴシック W3.ttc", "ヒラギノ角ゴシック W6.ttc", "Hiragino Sans"),
        _one("msgothic.ttc", "MS PGothic"),
        *_cjk("jp"),
        Candidate("SourceHanSansJP-Regular.otf", "SourceHanSansJP-Bold.otf"),
        _one("ipagp.ttf"),
    ),
    "korean": (
        Candidate("malgun.ttf", "malgunbd.ttf"),
        _one("AppleSDGothicNeo.ttc", "Apple SD Gothic Neo"),
        *_cjk("kr"),
        Candidate("SourceHanSansKR-Regular.otf", "SourceHanSansKR-Bold.otf"),
        Candidate("NanumGothic.ttf", "NanumGothicBold.ttf"),
    ),
    "arabic": (
        Candidate("segoeui.ttf", "segoeuib.ttf"),
        Candidate("tahoma.ttf", "tahomabd.ttf"),
        _one("SFArabic.ttf"),
        _one("GeezaPro.ttc", "Geeza Pro"),
        _noto("Arabic"),
        _noto_variable("Arabic"),
        Candidate("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ),
    "hebrew": (
        Candidate("segoeui.ttf", "segoeuib.ttf"),
        _one("ArialHB.ttc", "Arial Hebrew"),
        _noto("Hebrew"),
        _noto_variable("Hebrew"),
        Candidate("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
        Candidate("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ),
    "thai": (
        Candidate("LeelawUI.ttf", "LeelaUIb.ttf"),
        Candidate("tahoma.ttf", "tahomabd.ttf"),
        _one("Thonburi.ttc", "Thonburi"),
        _noto("Thai"),
        _noto_variable("Thai"),
        Candidate("Loma.ttf", "Loma-Bold.ttf"),
        Candidate("Waree.ttf", "Waree-Bold.ttf"),
    ),
    "devanagari": (
        Candidate("Nirmala.ttc", "Nirmala.ttc", "Nirmala UI"),
        Candidate("Nirmala.ttf", "NirmalaB.ttf"),
        _one("Kohinoor.ttc", "Kohinoor Devanagari"),
        _noto("Devanagari"),
        _noto_variable("Devanagari"),
        Candidate("Lohit-Devanagari.ttf", "Lohit-Devanagari.ttf"),
        Candidate("FreeSans.ttf", "FreeSansBold.ttf"),
    ),
    # Signs, and scripts that Windows and macOS keep in one font.
    "other": (
        _one("seguisym.ttf"),
        Candidate("Nirmala.ttf", "NirmalaB.ttf"),
        Candidate("ebrima.ttf", "ebrimabd.ttf"),
        _one("sylfaen.ttf"),
        _one("Apple Symbols.ttf"),
        _one("Arial Unicode.ttf"),
        _one("NotoSansSymbols2-Regular.ttf"),
        Candidate("NotoSansSymbols-Regular.ttf", "NotoSansSymbols-Bold.ttf"),
        Candidate("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
        Candidate("FreeSans.ttf", "FreeSansBold.ttf"),
    ),
}

# Which script a character asks for, by the first word or two of its name in Unicode.
_SCRIPT_OF_NAME: dict[str, Script] = {
    "CJK": "chinese",
    "IDEOGRAPHIC": "chinese",
    "FULLWIDTH": "chinese",
    "HIRAGANA": "japanese",
    "KATAKANA": "japanese",
    "KATAKANA-HIRAGANA": "japanese",
    "HALFWIDTH": "japanese",
    "HANGUL": "korean",
    "ARABIC": "arabic",
    "HEBREW": "hebrew",
    "THAI": "thai",
    "DEVANAGARI": "devanagari",
    "LATIN": "latin",
    "GREEK": "latin",
    "CYRILLIC": "latin",
}


def script_of_name(name: str) -> Script | None:
    """The script that a character's Unicode name tells; none for digits, signs and the rest."""
    return _SCRIPT_OF_NAME.get(name.partition(" ")[0])
