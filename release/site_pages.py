"""What the site takes from outside docs/, for MkDocs, which calls the functions here (mkdocs.yml).

The READMEs are its two front pages, and a file of the repository to which a page links is in the
site as well: a link is written once, as a forge follows it, and turned here to where its file lies
in the site. A page that would load anything from a network ends the build.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[1]
_PAGES = {"README.md": "index.md", "README.zh.md": "zh/index.md"}
_ALSO = ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/RESULTS.md")
_LINK = re.compile(r"(?<=\]\()([^)\s:#]+)(?=[)#])")
_LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>"
    r"|<link\b(?![^>]*\brel=[\"']?canonical)[^>]*\bhref=[\"']?(?:https?:)?//[^>]*>"
)


def on_files(files: Any, config: Any) -> Any:
    """Add the pages from outside docs/, and the files to which pages link."""
    outside = dict.fromkeys([*_PAGES, *_ALSO])
    for path in [*(f"docs/{file.src_uri}" for file in files.documentation_pages()), *outside]:
        for target in _targets(path):
            if not target.startswith("docs/") and (ROOT / target).is_file():
                outside.setdefault(target)
    for path in outside:
        text = (ROOT / path).read_text(encoding="utf-8")
        files.append(File.generated(config, _in_site(path), content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page with its links turned to where the files lie in the site."""
    path, here = _in_repository(page.file.src_uri), posixpath.dirname(page.file.src_uri)

    def turned(link: re.Match[str]) -> str:
        target = _in_site(_joined(path, link[1]))
        return posixpath.relpath(target, here or ".")

    return _LINK.sub(turned, markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """The page as it is; a page that would ask a network for something is refused."""
    if loaded := _LOADED.search(output):
        raise PluginError(f"{page.file.src_uri} would load from a network: {loaded[0]}")
    if page.file.src_uri.startswith("zh/"):  # fonts and screen readers go by it
        return output.replace('<html lang="en"', '<html lang="zh"', 1)
    return output


def _targets(path: str) -> list[str]:
    """The files to which a page of the repository links, as paths in the repository."""
    return [_joined(path, link) for link in _LINK.findall((ROOT / path).read_text("utf-8"))]


def _joined(path: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))


def _in_site(path: str) -> str:
    return _PAGES.get(path, path.removeprefix("docs/"))


def _in_repository(uri: str) -> str:
    """Where a page of the site lies in the repository."""
    back = {site: path for path, site in _PAGES.items()} | {path: path for path in _ALSO}
    return back.get(uri, f"docs/{uri}")
