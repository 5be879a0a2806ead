"""The demo's product pictures, made in code: no photo is committed, and none needs a licence."""

from photoprep.demo.folder import make_demo_folder

__all__ = ["make_demo_folder"]
