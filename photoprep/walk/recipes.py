"""With which recipe something was made: what else than its source makes a JPEG what it is.

Every photo has the recipe of its run: the preset's figures, versions. One that a plug-in has read
has that plug-in's version besides, so that another version makes it anew, and no other photo. A
refusal has those of all plug-ins, so that a new one is asked too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from photoprep.installed import decoder_identities, version_of
from photoprep.photo.task import RECIPE_NUMBER
from photoprep.preset import PhotoSpec
from photoprep.version import __version__

_BESIDES = "+"


def recipe_of(spec: PhotoSpec) -> str:
    """A fingerprint of all that makes a JPEG what it is, apart from its source and plug-ins."""
    ingredients = {key: str(value) for key, value in asdict(spec).items()}
    del ingredients["accept_damaged"]  # changes what comes of the damaged alone; see ``Memory``
    ingredients |= recipe_versions()
    return hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode()).hexdigest()


def recipe_versions() -> dict[str, str]:
    """The versions of photoprep and of the libraries that decide what a JPEG is, by their names."""
    versions = {name: library_version(name) for name in ("pillow", "pillow-heif", "pyvips-binary")}
    return versions | {"photoprep": __version__, "recipe": str(RECIPE_NUMBER)}


def photo_recipe(recipe: str, plugin: str) -> str:
    """The recipe of a photo that this plug-in has read, or, where it is empty, photoprep itself."""
    return f"{recipe}{_BESIDES}{plugin}" if plugin else recipe


def refusal_recipe(recipe: str) -> str:
    """The recipe of a refusal in a run of this recipe."""
    return _BESIDES.join([recipe, *decoder_identities()])


def photo_recipes(recipe: str) -> frozenset[str]:
    """The recipes of photos that a run of this recipe would make the same again."""
    return frozenset([recipe, *(photo_recipe(recipe, each) for each in decoder_identities())])


def plugin_in(recipe: str) -> str:
    """The plug-in that a photo of this recipe was read by; empty where there was none."""
    return recipe.partition(_BESIDES)[2]


def library_version(distribution: str) -> str:
    """The version of an installed library, without loading it; ``unknown`` where none is told."""
    if version := version_of(distribution):
        return version
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as asked

    try:
        return asked(distribution)
    except PackageNotFoundError:  # vendored or frozen into one program
        return "unknown"
