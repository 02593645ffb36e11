"""
Secrets stay secret, whoever repeats them: SQLAlchemy, the database, or we ourselves.
"""

import asyncio
import traceback

import pytest

from sqlalchemy import CheckConstraint, String, UniqueConstraint, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from machina_lab import Lab
from machina_lab.alchemy import open_repo
from machina_lab.alchemy.doors import safe_url, secrets_of
from machina_lab.errors import CastError, InsertError, RepoError
from tests.support.jobs import built, job


SECRET = "s3cr3t"


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("age > 0", name="alive"),
        UniqueConstraint("pin_token", "age", name="one_pin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(30), unique=True)
    password: Mapped[str | None] = mapped_column(String(8), unique=True)
    pin_token: Mapped[str | None] = mapped_column(String(30))
    age: Mapped[int | None]


class Visit(Base):
    """
    Its secret is made by the database: no statement names it.
    """

    __tablename__ = "visits"
    __table_args__ = (CheckConstraint("age > 0", name="young"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key: Mapped[str | None] = mapped_column(
        String(30), server_default=text(f"'{SECRET}'")
    )
    age: Mapped[int | None]


class Grant(Base):
    __tablename__ = "grants"

    token: Mapped[str] = mapped_column(String(30), primary_key=True)


@pytest.fixture
def lab(database):
    """
    A lab whose factories make secrets.
    """
    database.create(Base)
    lab = Lab(database.address)

    @lab.factory(model=Account)
    def account():
        return {"password": SECRET}

    @lab.factory(model=Visit)
    def visit():
        return {"age": 1}

    @lab.factory(model=Grant)
    def grant():
        return {"token": SECRET}

    yield lab
    lab.repo.close()


def told(error):
    """
    Return everything that *error* shows anywhere, its causes and notes included.
    """
    texts = ["".join(traceback.format_exception(error))]
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__
    return "\n".join(texts)


@pytest.mark.parametrize("opts", [{}, {"bulk": True}], ids=["ordinary", "bulk"])
class TestRefusals:
    """
    Whatever the database refuses, it may repeat the row; nobody sees the secret in it.
    """

    def refuses(self, lab, factory, opts, *, error=DBAPIError, match, **overrides):
        with pytest.raises(error, match=match) as caught:
            lab.insert_list(3, factory, overrides, opts)
        assert SECRET not in told(caught.value)
        return str(caught.value)

    def test_check(self, lab, opts):
        """
        A CHECK: PostgreSQL shows the whole row that fails, and the line of a COPY.
        """
        shown = self.refuses(
            lab,
            "account",
            opts,
            error=(IntegrityError, OperationalError),
            match="alive",
            password=None,
            pin_token=SECRET,
            age=-1,
        )
        if lab.repo.engine.dialect.name == "postgresql":
            assert "Failing row contains ***" in shown

    def test_secret_of_the_server(self, lab, opts):
        """
        A secret that the database made is in the row, and in no statement.
        """
        error = (IntegrityError, OperationalError)
        self.refuses(lab, "visit", opts, error=error, match="young", age=-1)

    def test_unique(self, lab, opts):
        """
        A unique key: PostgreSQL and MySQL repeat its value.
        """
        self.refuses(lab, "account", opts, match=r"(?i)unique|duplicate")

    def test_unique_beside_others(self, lab, opts):
        """
        A unique key of several columns, one of them secret.
        """
        self.refuses(
            lab,
            "account",
            opts,
            match=r"(?i)unique|duplicate",
            password=None,
            pin_token=SECRET,
            age=1,
        )

    def test_what_is_no_secret_is_told(self, lab, opts):
        """
        PostgreSQL names the columns of a key; where none is secret its value stays.
        """
        shown = self.refuses(
            lab,
            "account",
            opts,
            match=r"(?i)unique|duplicate",
            password=None,
            email="a@b.c",
        )
        if lab.repo.engine.dialect.name == "postgresql":
            assert "Key (email)=(a@b.c) already exists" in shown

    def test_too_long(self, lab, database, opts):
        """
        A value too long for its column.
        """
        if database.dialect == "sqlite":
            pytest.skip("SQLite stores it")
        self.refuses(lab, "account", opts, match="too long", password=SECRET * 3)


class TestErrors:
    def test_cast(self, lab):
        """
        A secret that does not fit is not shown; who handles the error can read it.
        """
        with pytest.raises(CastError, match=r"Account\.password: \*\*\* does not") as e:
            lab.insert("account", password=[SECRET])

        assert SECRET not in told(e.value)
        assert e.value.value == [SECRET]

    def test_inserted_already(self, lab):
        """
        A key may be secret, too.
        """
        grant = lab.insert("grant")

        with pytest.raises(InsertError, match=r"its key is token='\*\*\*'"):
            lab.insert(grant)

    def test_key_that_is_taken(self, lab):
        """
        A key that is taken is the database's error, not SQLAlchemy's warning.
        """
        kept = lab.insert("grant")

        with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate") as caught:
            lab.insert("grant")

        assert SECRET not in told(caught.value)
        assert lab.pending == {"grants": 1}
        assert kept in lab.repo.session

    def test_what_the_caller_has_pending(self, lab):
        """
        Records that wait in the session are flushed first; their errors tell nothing.
        """
        lab.insert("grant")
        lab.repo.session.add(Account(password=object(), pin_token=SECRET))

        with pytest.raises(StatementError, match="hide_parameters") as caught:
            lab.insert("visit")

        assert SECRET not in told(caught.value)

    def test_record_among_the_overrides(self, lab):
        """
        A note names records by their class: a dataclass's repr would tell it all.
        """

        class Other(MappedAsDataclass, DeclarativeBase):
            pass

        class Secretive(Other):
            __tablename__ = "secretive"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            password: Mapped[str]

        lab.insert("account")

        with pytest.raises(IntegrityError, match=r"given: note=<Secretive>") as caught:
            lab.repo.insert(
                job(
                    [built(Account, {"password": SECRET})],
                    overrides={"note": Secretive(password=SECRET)},
                )
            )

        assert SECRET not in told(caught.value)


class TestURLs:
    @pytest.mark.parametrize(
        "url",
        [
            f"postgresql+psycopg://jane:p@{SECRET}@localhost:1/db",
            f"postgresql+psycopg://jane:p@ss@{SECRET}@localhost:1/db",
        ],
    )
    def test_at_sign_in_a_password(self, url):
        """
        An unescaped @ would make half of a password the host: refused, and not shown.
        """
        with pytest.raises(RepoError, match=r"a password as %40 \(@\)") as caught:
            open_repo(url)

        assert SECRET not in told(caught.value)
        assert caught.value.__context__ is None

    def test_at_sign_in_an_engines_url(self):
        """
        In the URL of an engine that half is masked.
        """
        url = make_url(f"postgresql+psycopg://jane:p@{SECRET}@localhost/db")

        assert safe_url(url) == "postgresql+psycopg://jane:***@localhost/db"
        assert SECRET in secrets_of(url)

    def test_escaped(self, postgres):
        """
        With %40 it is part of the password, which no text repeats.
        """
        url = postgres.url.set(username="nobody", password=f"p@{SECRET}/:?#")

        with pytest.raises(RepoError, match='"nobody" does not exist') as caught:
            open_repo(url.render_as_string(hide_password=False))

        assert SECRET not in told(caught.value)

    def test_original_error_does_not_hang_on(self):
        """
        The driver's own error, which may repeat the URL, is not kept behind ours.
        """
        url = f"postgresql+psycopg://localhost:1/db?options=-csecret.x%3D{SECRET}"

        with pytest.raises(RepoError, match="no connection") as caught:
            open_repo(url)

        assert SECRET not in told(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)

    def test_repo_of_a_factory(self):
        """
        The options of a factory show its URL without what is behind the scheme.
        """
        lab = Lab()
        address = f"sqlite:///file.db?password={SECRET}"

        @lab.factory(model=Account, repo=address)
        def account():
            return {}

        option = lab.options("account")["repo"]

        assert repr(option) == "Option(value='sqlite://***', level='factory')"
        assert f"{option.value}{option.value!s}" == "sqlite://***" * 2
        assert option.value == address


def test_repo_of_a_factory_is_shared(sqlite):
    """
    Factories that name the same URL insert through one repo, the lab's if it is its.
    """
    sqlite.create(Base)
    lab = Lab(sqlite.address)
    elsewhere = sqlite.address + "?timeout=1"
    names = {"first": elsewhere, "second": "".join(elsewhere), "own": sqlite.address}

    def empty():
        return {}

    for name, address in names.items():
        lab.factory(empty, name=name, model=Account, repo=address)

    lab.insert("own")
    assert lab.repo.pending == {"accounts": 1}
    lab.commit()
    lab.insert("first")
    lab.insert("second")

    assert lab.repo.pending == {}
    assert lab.pending == {"accounts": 2}
    lab.rollback()


def test_asynchronous_driver(postgres):
    """
    The driver keeps the database's details apart from its text: they are masked, too.
    """
    postgres.create(Base)
    lab = Lab(postgres.async_url)
    lab.factory(name="account", model=Account)(lambda: {"password": SECRET})

    async def insert_twice():
        try:
            await lab.ainsert_list(2, "account")
        finally:
            await lab.repo.aclose()

    with pytest.raises(IntegrityError, match="duplicate key") as caught:
        asyncio.run(insert_twice())

    assert "Key (password)=(***) already exists" in told(caught.value)
    assert SECRET not in told(caught.value)
