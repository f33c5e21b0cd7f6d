import pytest

from app.errors import SettingsRefused
from app.history.addresses import name_of, read_url

READABLE = {
    "postgresql://anna:secret@db.example:5433/crosscourt": "db.example:5433, database crosscourt",
    "postgres://anna@localhost/crosscourt": "localhost:5432, database crosscourt",
    "postgresql+asyncpg://anna@/crosscourt?host=/run/postgresql": "socket /run/postgresql, database crosscourt",
    "postgresql://anna:p%40ss@db.example/crosscourt?sslmode=require": "db.example:5432, database crosscourt",
}
UNREADABLE = {
    "secret-without-a-scheme": "cannot be read",
    "postgresql://anna:secret@db.example:port/crosscourt": "cannot be read",
    "mysql://anna:secret@db.example/crosscourt": "'mysql'",
    "postgresql+psycopg://anna:secret@db.example/crosscourt": r"'postgresql\+psycopg'",
    "postgresql://anna:secret@db.example": "names no database",
    "postgresql://anna:secret@db.example/crosscourt?colour=red": "colour",
    "postgresql://anna:secret@/crosscourt?host=db.example&port=secret": "hosts or ports",
    "postgresql://anna:secret@/crosscourt?host=one&host=two": "hosts or ports",
}


@pytest.mark.parametrize("url", READABLE)
def test_an_address_is_named_without_user_and_password(url: str) -> None:
    address = read_url(url)
    assert name_of(address) == READABLE[url]
    assert address.drivername == "postgresql+asyncpg"


def test_tls_is_asked_for_in_the_words_of_the_driver() -> None:
    assert dict(read_url("postgresql://anna@db.example/crosscourt?sslmode=require").query) == {"ssl": "require"}


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_wrong_address_says_what_is_wrong_and_what_would_be_right(url: str) -> None:
    with pytest.raises(SettingsRefused, match=UNREADABLE[url]) as refused:
        read_url(url)
    assert "secret" not in str(refused.value)
    assert "postgresql://user:password@host:5432/database" in refused.value.remedy


def test_a_bare_at_in_a_password_is_never_shown_as_the_host() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_url("postgresql://u:p@ss@host/db")
    assert "%40" in str(refused.value)
    assert "ss@host" not in str(refused.value)
