"""The file of accounts, and where passwords come from: never from the file, never told."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from photoprep.errors import AccountError, UsageError
from photoprep.mail.account import Account, Server
from photoprep.mail.accounts import account_text, add_account, choose_account, load_accounts
from photoprep.mail.passwords import (
    password_of,
    place_of_password,
    store_password,
    variable_of,
    without_secrets,
)
from tests.support import photoprep

WORK = Account(
    "work",
    "sales@example.com",
    "sales@example.com",
    Server("smtp.example.com", 465, "tls"),
    Server("imap.example.com", 993, "tls"),
)
SECRET = "correct horse"  # noqa: S105 (it is nobody's)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_an_account_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "accounts.toml"
    home = Account("my-home", "li@example.org", "li", Server("127.0.0.1", 2525, "plain"))
    assert load_accounts(path) == {}
    add_account(WORK, path)
    before = "# Mine.\n" + path.read_text(encoding="utf-8")
    write(path, before)
    add_account(home, path)
    assert load_accounts(path) == {"work": WORK, "my-home": home}
    assert path.read_text(encoding="utf-8").startswith(before)
    with pytest.raises(UsageError, match="an account named 'work' already"):
        add_account(WORK, path)


def test_what_is_usual_need_not_be_said(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.toml",
        '\ufeff[work]\r\naddress = "sales@Straße.example"\r\n'
        '[work.smtp]\r\nhost = "smtp.Straße.example"\r\n'
        '[work.imap]\r\nhost = "imap.example.com"\r\nsecurity = "starttls"\r\n',
    )
    account = load_accounts(path)["work"]
    assert account.address == account.username == "sales@xn--strae-oqa.example"
    assert account.smtp == Server("smtp.xn--strae-oqa.example", 465, "tls")
    assert account.imap == Server("imap.example.com", 143, "starttls")


WRONG = [
    ("[work", "not valid TOML"),
    ('work = "x"', "This is no table"),
    ('[Work]\naddress = "a@b.de"', "small letters"),
    ("[work]", "'address' is missing"),
    ('[work]\naddress = "a"', "is no e-mail address"),
    ('[work]\naddress = "Li <a@b.de>"', "has a name in it"),
    ('[work]\naddress = "a@b.de\\r\\nBcc: c@d.de"', "invisible character"),
    ('[work]\naddress = "a@b.de"\npassword = "hunter2"', "password does not belong"),
    (
        '[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "h.de"\nPASSWD = "hunter2"',
        "does not belong",
    ),
    ('[work]\naddress = "a@b.de"\nadress = "x"', "Unknown key 'adress'"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nport = 465', "'host' is missing"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "smtps://h.de:465"', "no name of a server"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "h.de"\nport = 0', "'port' is 0"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "h.de"\nport = true', "'port' is True"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "h.de"\nsecurity = "ssl"', "'security' is"),
    ('[work]\naddress = "a@b.de"\n[work.smtp]\nhost = "h.de"\nsecurity = "plain"', "unprotected"),
    ('[work]\naddress = "a@b.de"\nusername = ""', "'username' is missing"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path / "accounts.toml", text)
    with pytest.raises(AccountError, match=words) as wrong:
        load_accounts(path)
    assert wrong.value.path == path
    assert wrong.value.hint
    assert "hunter2" not in str(wrong.value) + wrong.value.hint


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"
    path.write_bytes(b'[work]\naddress = "\xff"')
    with pytest.raises(AccountError, match="Line 2: this is not UTF-8"):
        load_accounts(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(AccountError, match="cannot be read"):
        load_accounts(path)


def test_which_account_is_meant() -> None:
    home = Account("home", "li@example.org", "li")
    assert choose_account({"work": WORK}, None) is WORK
    assert choose_account({"work": WORK, "home": home}, "home") is home
    for accounts, name, words in (
        ({}, None, "no mail account yet"),
        ({"work": WORK, "home": home}, None, "several"),
        ({"work": WORK}, "wrok", "no account named 'wrok'"),
    ):
        with pytest.raises(AccountError, match=words):
            choose_account(accounts, name)


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True),
    st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs")), min_size=1, max_size=60),
)
def test_any_user_name_survives_the_file(name: str, username: str) -> None:
    import tempfile

    account = Account(name, "a@example.com", username.strip() or "x", Server("h.example", 1, "tls"))
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "accounts.toml", account_text(account))
        assert load_accounts(path) == {name: account}


def test_the_environment_goes_before_the_keyring(
    monkeypatch: pytest.MonkeyPatch, keyring_of: Callable[[dict[tuple[str, str], str]], None]
) -> None:
    kept: dict[tuple[str, str], str] = {}
    keyring_of(kept)
    assert place_of_password(WORK) == "nowhere"
    with pytest.raises(AccountError, match="no password for the account work") as none:
        password_of(WORK)
    assert "PHOTOPREP_PASSWORD_WORK" in none.value.hint
    store_password(WORK, "from the keyring")
    assert (password_of(WORK), place_of_password(WORK)) == ("from the keyring", "keyring")
    monkeypatch.setenv("PHOTOPREP_PASSWORD_WORK", "from the environment")
    assert (password_of(WORK), place_of_password(WORK)) == ("from the environment", "environment")
    assert kept == {("photoprep", "work"): "from the keyring"}
    assert variable_of(Account("my-work-2", "", "")) == "PHOTOPREP_PASSWORD_MY_WORK_2"


@pytest.fixture
def keyring_of(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[dict[tuple[str, str], str]], None]:
    """Use these entries as the system's keyring: the machine that tests run on has none."""

    def use(kept: dict[tuple[str, str], str]) -> None:
        import keyring
        from keyring.backend import KeyringBackend

        class InMemory(KeyringBackend):
            priority = 1.0

            def get_password(self, service: str, username: str) -> str | None:
                return kept.get((service, username))

            def set_password(self, service: str, username: str, password: str) -> None:
                if password == SECRET:
                    from keyring.errors import PasswordSetError

                    raise PasswordSetError(f"cannot keep {password}")
                kept[service, username] = password

        monkeypatch.setattr(keyring.core, "_keyring_backend", InMemory())  # type: ignore[no-untyped-call]

    return use


def test_the_command_stores_what_stands_on_its_input(tmp_path: Path, config_folder: Path) -> None:
    add_account(WORK, config_folder / "accounts.toml")
    write(
        tmp_path / "keyring_in_a_file.py",
        "from pathlib import Path\n"
        "from keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username): ...\n"
        "    def set_password(self, service, username, password):\n"
        "        Path(__file__).with_name('kept').write_text(f'{service} {username} {password}')\n",
    )
    told = subprocess.run(
        [sys.executable, "-m", "photoprep", "accounts", "password", "work"],
        input=f"{SECRET}\n",
        env=os.environ
        | {
            "PYTHON_KEYRING_BACKEND": "keyring_in_a_file.Keyring",
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert (tmp_path / "kept").read_text(encoding="utf-8") == f"photoprep work {SECRET}"
    assert SECRET not in told.stdout


def test_a_password_that_is_no_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOPREP_PASSWORD_WORK", "caf\udce9")  # a byte that is no UTF-8
    with pytest.raises(AccountError, match="cannot be read as text"):
        password_of(WORK)


def test_a_keyring_that_refuses_is_not_quoted(
    keyring_of: Callable[[dict[tuple[str, str], str]], None],
) -> None:
    keyring_of({})
    with pytest.raises(AccountError, match="refuses") as refused:
        store_password(WORK, SECRET)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


def test_without_a_keyring_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", types.ModuleType("keyring"))
    monkeypatch.setitem(sys.modules, "keyring.backends.fail", None)
    assert place_of_password(WORK) == "nowhere"
    with pytest.raises(AccountError, match="no keyring") as none:
        store_password(WORK, "x")
    assert "PHOTOPREP_PASSWORD_WORK" in none.value.hint


LETTERS = st.characters(exclude_categories=["Cs"])


@given(st.text(LETTERS, min_size=1, max_size=20), st.text(LETTERS, max_size=20))
def test_a_password_is_blotted_out_however_it_is_repeated(password: str, username: str) -> None:
    assume(not set(password) <= {"*"})
    plain = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
    login = base64.b64encode(password.encode()).decode()
    told = without_secrets(f"535 {plain} {login} {password}", username, password)
    assert password not in told.replace("535 ", "").replace("***", "").replace(" ", "")
    assert plain not in told


def test_accounts_through_the_command(config_folder: Path) -> None:
    told = photoprep("accounts", "list")
    assert (told.returncode, told.stdout) == (0, "There are no mail accounts yet.\n")
    added = photoprep(
        "accounts", "add", "work", "--address", "s@example.com", "--smtp", "m.example"
    )
    assert added.returncode == 0, added.stderr
    assert "PHOTOPREP_PASSWORD_WORK" in added.stdout
    told = photoprep("accounts", "list", env={"PHOTOPREP_PASSWORD_WORK": SECRET})
    assert "smtp m.example:465 tls" in told.stdout
    assert "password: in the environment, as PHOTOPREP_PASSWORD_WORK" in told.stdout
    assert SECRET not in told.stdout + told.stderr
    for arguments, code in (
        (("work", "--address", "s@example.com", "--smtp", "m.example"), 2),
        (("home", "--address", "s@example.com"), 2),
        (("home", "--address", "no address", "--smtp", "m.example"), 2),
        (("home", "--address", "s@e.com", "--smtp", "m.e", "--smtp-security", "plain"), 2),
    ):
        refused = photoprep("accounts", "add", *arguments)
        assert refused.returncode == code, refused.stderr
        assert "Traceback" not in refused.stderr
    assert list(load_accounts(config_folder / "accounts.toml")) == ["work"]
    (config_folder / "accounts.toml").write_text("[work]\n", encoding="utf-8")
    assert photoprep("accounts", "list").returncode == 78
