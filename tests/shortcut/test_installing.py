"""Icons installed and removed, with three systems' commands acted, and with real ones."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from photoprep.errors import CannotWriteError, UsageError
from photoprep.shortcut.installing import Command, Said, install, remove, run_command
from photoprep.shortcut.places import Folders, folders_here
from photoprep.shortcut.record import record_path
from photoprep.shortcut.wanted import ICONS, TYPES, Shortcut
from tests.shortcut.terminals import missing
from tests.support import photoprep, written

COMMAND = ("/usr/bin/python3", "-P", "-m", "photoprep", "dropped", "--preset", "ebay", "--")
MANAGERS = ("nautilus", "nemo", "caja", "dolphin", "thunar")
# Each system, the icon on its desktop, and what file managers take.
SYSTEMS = {
    "linux": (
        "Desktop/{}.desktop",
        *(".local/share/applications/{}.desktop", ".local/share/nautilus/scripts/{}"),
        *(".local/share/nemo/scripts/{}", ".config/caja/scripts/{}"),
        *(".local/share/kio/servicemenus/{}.desktop", ".local/share/Thunar/sendto/{}.desktop"),
    ),
    "darwin": ("Desktop/{}.app", "Library/Services/{}.workflow"),
    "win32": ("Desktop/{}.lnk", "SendTo/{}.lnk"),
}
EVERYWHERE = pytest.mark.parametrize("platform", SYSTEMS)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home of 李娜"
    (folder / "Desktop").mkdir(parents=True)
    (folder / "SendTo").mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")  # no desktop's own daemons
    return folder


class System:
    """A system's commands, acted: what was run, and the droplets that it made."""

    def __init__(self, *, opened_by: str = "other.desktop") -> None:
        self.ran: list[Command] = []
        self.opened_by = opened_by

    def __call__(self, command: Command) -> Said:
        self.ran.append(command)
        match command:
            case ("/usr/bin/osacompile", "-o", bundle, source):
                written(Path(bundle) / "Contents/Info.plist", "the system's own")
                shutil.copy(source, Path(bundle) / "Contents/main.scpt")
            case ("gio", "mime", kind):
                return Said(True, f"Default application for “{kind}”: {self.opened_by}\nmore\n")
        return Said(True)


def folders(home: Path, platform: str) -> Folders:
    if platform == "win32":
        return Folders(home / "Desktop", send_to=home / "SendTo")
    if platform == "darwin":
        return Folders(home / "Desktop", data=home / "Library")
    return Folders(home / "Desktop", data=home / ".local/share", config=home / ".config")


def put(
    home: Path, platform: str, name: str = "photoprep", run: System | None = None
) -> list[Path]:
    return install(
        Shortcut(name, COMMAND),
        platform=platform,
        folders=folders(home, platform),
        managers=MANAGERS if platform == "linux" else (),
        run=run or System(),
    )


def take(home: Path, platform: str, name: str = "photoprep") -> tuple[set[Path], set[Path]] | None:
    removed = remove(name, platform=platform, folders=folders(home, platform), run=System())
    return (set(removed.gone), set(removed.left)) if removed else None


def everything(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in home.rglob("*")}


def expected(home: Path, platform: str, name: str = "photoprep") -> list[Path]:
    return [home / place.format(name) for place in SYSTEMS[platform]]


@pytest.mark.parametrize(("platform", "ending"), [("linux", ".png"), ("win32", ".ico")])
def test_a_single_file_gives_each_icon_a_picture_that_stays(
    home: Path, platform: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    before = everything(home)
    for name in ("photoprep", "photoprep 2.0"):
        picture = record_path(name).with_suffix(ending)
        installed = put(home, platform, name)
        assert picture in installed
        shown = str(picture).encode("utf-16-le" if platform == "win32" else "utf-8")
        assert shown in installed[0].read_bytes()
        assert picture.read_bytes() == (ICONS / f"photoprep{ending}").read_bytes()
    assert take(home, platform, "photoprep")
    assert picture.exists()
    assert take(home, platform, "photoprep 2.0")
    assert not picture.parent.exists()
    assert everything(home) == before


@EVERYWHERE
def test_remove_leaves_everything_as_it_was_before(home: Path, platform: str) -> None:
    written(home / "Desktop/mine.desktop", "mine")
    written(home / ".local/share/nautilus/scripts/mine", "mine")
    before = everything(home)
    installed = put(home, platform)
    assert list(dict.fromkeys(installed)) == expected(home, platform)
    assert all(path.exists() for path in installed)
    assert take(home, platform) == (set(installed), set())
    assert everything(home) == before
    assert take(home, platform) is None
    assert not record_path("photoprep").parent.exists()


@EVERYWHERE
def test_installed_again_it_replaces_its_own(home: Path, platform: str) -> None:
    put(home, platform)
    first = everything(home)
    put(home, platform)
    assert everything(home) == first
    install(
        Shortcut("photoprep", ("/usr/bin/other-python", *COMMAND[1:])),
        platform=platform,
        folders=folders(home, platform),
        managers=MANAGERS[:1] if platform == "linux" else (),  # the others are not here any more
        run=System(),
    )
    assert all(everything(home)[path] != first[path] for path in first if path.suffix == ".lnk")
    if platform == "linux":
        assert {path.exists() for path in expected(home, platform)[3:]} == {False}
    assert take(home, platform)
    assert {path.name for path in home.rglob("*") if path.is_file()} == set()


@EVERYWHERE
def test_two_icons_lie_side_by_side_and_go_one_by_one(home: Path, platform: str) -> None:
    empty = everything(home)
    put(home, platform)
    alone = everything(home)
    put(home, platform, "photoprep 易贝")
    assert all(path.exists() for path in expected(home, platform, "photoprep 易贝"))
    assert take(home, platform, "photoprep 易贝")
    assert everything(home) == alone
    put(home, platform, "photoprep 易贝")
    assert take(home, platform)
    assert take(home, platform, "photoprep 易贝")
    assert everything(home) == empty


@EVERYWHERE
def test_what_another_wrote_is_refused_and_nothing_is_written(home: Path, platform: str) -> None:
    for place in expected(home, platform):
        alien = place / "Contents/Info.plist" if platform == "darwin" else place
        written(alien, "another's")
        before = everything(home)
        with pytest.raises(UsageError, match="photoprep did not write") as refused:
            put(home, platform)
        assert refused.value.path == place
        assert everything(home) == before
        shutil.rmtree(place) if place.is_dir() else place.unlink()


@EVERYWHERE
def test_what_was_changed_since_is_kept_and_told(home: Path, platform: str) -> None:
    icon, *_ = put(home, platform)
    changed = icon / "Contents/Info.plist" if platform == "darwin" else icon
    changed.write_bytes(b"with changes of my own")
    with pytest.raises(UsageError, match="or not as it is"):
        put(home, platform)
    gone, left = take(home, platform) or (set(), set())
    assert left == {icon}
    assert gone == set(expected(home, platform)[1:])
    assert changed.read_bytes() == b"with changes of my own"


def test_what_finder_adds_to_a_droplet_is_no_change(home: Path) -> None:
    icon, *_ = put(home, "darwin")
    (icon / "Icon\r").write_bytes(b"")
    written(icon / ".DS_Store", "notes")
    put(home, "darwin")
    assert take(home, "darwin") == (set(expected(home, "darwin")), set())


@EVERYWHERE
def test_a_lost_record_is_made_anew(home: Path, platform: str) -> None:
    put(home, platform)
    record_path("photoprep").unlink()
    if platform == "darwin":  # nobody can say that a compiled droplet is ours
        shutil.rmtree(home / "Desktop/photoprep.app")
    put(home, platform)
    assert take(home, platform) == (set(expected(home, platform)), set())


def test_a_damaged_record_is_told_and_nothing_is_removed(home: Path) -> None:
    icon, *_ = put(home, "win32")
    for content in ("{", "[]", '{"schema": 1}', '{"files": {}, "folders": 3}'):
        record_path("photoprep").write_text(content, encoding="utf-8")
        with pytest.raises(CannotWriteError, match="damaged"):
            remove("photoprep", platform="win32", folders=folders(home, "win32"))
    assert icon.exists()


def test_where_the_desktop_has_moved_the_icon_moves_with_it(home: Path) -> None:
    put(home, "win32")
    moved = Folders(home / "OneDrive/桌面", send_to=home / "SendTo")
    moved.desktop.mkdir(parents=True)
    installed = install(Shortcut("photoprep", COMMAND), platform="win32", folders=moved)
    assert installed == [moved.desktop / "photoprep.lnk", home / "SendTo/photoprep.lnk"]
    assert not (home / "Desktop/photoprep.lnk").exists()


def test_only_what_is_a_program_may_be_executed_and_the_desktop_is_told(home: Path) -> None:
    system = System()
    installed = put(home, "linux", run=system)
    runs = {path for path in installed if path.stat().st_mode & stat.S_IXUSR}
    assert installed[0] in runs
    assert {path.parent.name for path in installed if path not in runs} == {
        "applications",
        "sendto",
    }
    icon = str(installed[0])
    assert ("gio", "set", icon, "metadata::trusted", "true") in system.ran
    assert any("metadata::xfce-exe-checksum" in command for command in system.ran)
    assert ("update-desktop-database", str(installed[1].parent)) in system.ran


def test_it_never_becomes_what_a_double_click_opens(home: Path) -> None:
    _, launcher, *_ = put(home, "linux")
    assert "MimeType=" + "".join(f"{each};" for each in TYPES) in launcher.read_text()
    _, launcher, *_ = put(home, "linux", run=System(opened_by="photoprep.desktop"))
    assert "MimeType" not in launcher.read_text()
    _, launcher, *_ = put(home, "linux", run=System(opened_by="my photoprep.desktop"))
    assert "MimeType" in launcher.read_text()


def test_a_droplet_that_the_system_does_not_make_is_told_and_nothing_is_written(home: Path) -> None:
    def refusing(command: Command) -> Said:
        return Said(False, "no AppleScript here\n")

    before = everything(home)
    with pytest.raises(CannotWriteError, match="did not make the icon: no AppleScript here"):
        install(
            Shortcut("photoprep", COMMAND),
            platform="darwin",
            folders=folders(home, "darwin"),
            run=refusing,
        )
    assert everything(home) == before


@pytest.mark.parametrize("desktop", ["nowhere", "."])
def test_without_a_desktop_the_rest_is_installed(home: Path, desktop: str) -> None:
    here = Folders(home / desktop, data=home / ".local/share", config=home / ".config")
    installed = install(
        Shortcut("photoprep", COMMAND), platform="linux", folders=here, managers=(), run=System()
    )
    assert installed == [home / ".local/share/applications/photoprep.desktop"]


def test_a_missing_command_is_no_error() -> None:
    assert run_command(("no-such-program-here",)) == Said(False, "no-such-program-here is not here")
    assert not run_command((sys.executable, "-c", "raise SystemExit('no')")).is_done
    assert run_command((sys.executable, "-c", "print('yes')")) == Said(True, "yes\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the desktops of freedesktop.org")
def test_the_desktop_is_found_by_its_name_in_the_users_language(home: Path) -> None:
    config = written(home / ".config/user-dirs.dirs", 'XDG_DESKTOP_DIR="$HOME/桌面"\n')
    (home / "桌面").mkdir()
    assert folders_here() == Folders(home / "桌面", home / ".local/share", config.parent)


@pytest.mark.skipif(sys.platform != "linux", reason="the desktops of freedesktop.org")
def test_the_commands_install_and_remove_for_the_programs_that_are_here(
    home: Path, tmp_path: Path
) -> None:
    bin_ = tmp_path / "bin"
    for name in ("nautilus", "dolphin"):
        written(bin_ / name, "#!/bin/sh\n").chmod(0o755)
    env = {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    before = everything(home)
    preset = written(tmp_path / "客户.toml", 'schema = 1\nextends = "trade-email"\n')
    installed = photoprep("shortcut", "install", "--preset", "客户.toml", cwd=tmp_path, env=env)
    assert installed.returncode == 0, installed.stderr
    icon = home / "Desktop/photoprep 客户.desktop"
    assert f"Written: {icon}\n" in installed.stdout
    assert f'"dropped" "--preset" "{preset}" "--" %F\n' in icon.read_text(encoding="utf-8")
    assert (home / ".local/share/nautilus/scripts/photoprep 客户").is_file()
    assert (home / ".local/share/kio/servicemenus/photoprep 客户.desktop").is_file()
    plain = photoprep("--lang", "zh", "shortcut", "install", env=env)
    assert plain.returncode == 0, plain.stderr
    assert '"--lang" "zh" "--" %F' in (home / "Desktop/photoprep.desktop").read_text("utf-8")
    other = photoprep("shortcut", "remove", "--name", "other", env=env)
    assert other.returncode == 2
    assert "There is no icon named other." in other.stderr
    assert "photoprep, photoprep 客户" in other.stderr
    for arguments in ([], ["--preset", "客户.toml"]):
        removed = photoprep("shortcut", "remove", *arguments, env=env)
        assert removed.returncode == 0, removed.stderr
        assert "Removed: " in removed.stdout
    assert everything(home) == before


def test_what_a_run_would_refuse_is_refused_at_once(home: Path) -> None:
    before = everything(home)
    for arguments, code in ((["--preset", "none"], 78), (["--name", "../x"], 2)):
        refused = photoprep("shortcut", "install", *arguments)
        assert refused.returncode == code, refused.stderr
    assert photoprep("shortcut", "remove", "--name", "../x").returncode == 2
    assert everything(home) == before


@pytest.mark.skipif(
    missing("gio", "update-desktop-database"),
    reason="needs the Debian packages libglib2.0-bin and desktop-file-utils",
)
def test_gio_offers_it_for_what_others_open_and_never_makes_it_the_first(home: Path) -> None:
    system = home / "usr share"
    viewer = "[Desktop Entry]\nType=Application\nName=Viewer\nExec=true %F\nMimeType=image/png;\n"
    written(system / "applications/viewer.desktop", viewer)
    written(
        system / "applications/mimeapps.list", "[Default Applications]\nimage/png=viewer.desktop"
    )
    subprocess.run(["update-desktop-database", str(system / "applications")], check=True)
    env = {"XDG_DATA_DIRS": str(system), "XDG_CONFIG_DIRS": str(system)}
    installed = photoprep("shortcut", "install", env=env)
    assert installed.returncode == 0, installed.stderr

    def said(kind: str) -> str:
        asked = subprocess.run(
            ["gio", "mime", kind],
            env=os.environ | env | {"LC_ALL": "C.UTF-8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return asked.stdout

    assert said("image/png").startswith("Default application for “image/png”: viewer.desktop\n")
    assert "\tphotoprep.desktop\n" in said("image/png")
    for kind in TYPES:  # what nobody opens is still opened by nobody
        assert (kind == "image/png") == ("photoprep.desktop" in said(kind))
