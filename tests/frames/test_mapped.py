"""
Mapped records as DataFrames: loaded state only, associations as labels and counts.
"""

import datetime as dt

from decimal import Decimal

import pytest

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from machina_lab.frames import frame
from tests.support.models import Article, Base, User
from tests.support.statements import statements


@pytest.fixture
def session():
    """
    A session on an empty database in memory.
    """
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def _stored(session):
    author = User(name="Jane", admin=True, net_worth=Decimal(9))
    articles = [Article(title=f"A{n}", author=author) for n in range(3)]
    session.add_all(articles)
    session.flush()
    return articles


def test_columns_in_model_order_with_dtypes():
    """
    Columns, keys and foreign keys come in the table's order, typed.
    """
    article = Article(title="A", published_at=dt.datetime(2024, 1, 1))

    dtypes = frame(article).dtypes.astype(str).to_dict()

    assert dtypes == {
        "id": "Int64",
        "title": "string",
        "visits": "object",
        "published_at": "datetime64[us]",
        "author_id": "Int64",
        "editor_id": "Int64",
        "publisher_id": "Int64",
    }


def test_associations(session):
    """
    A belongs-to shows as a label, a has-many as a count, each where it is loaded.
    """
    articles = _stored(session)

    df = frame(articles)
    assert df["author"].tolist() == ["User 1"] * 3
    assert df["author_id"].tolist() == [1, 1, 1]
    assert frame(articles[0].author)["articles"].tolist() == [3]


def test_deep(session):
    """
    With deep, the columns of the belongs-to stand in place of its label.
    """
    df = frame(_stored(session), deep=True)

    assert df["author.name"].tolist() == ["Jane"] * 3
    assert str(df.dtypes["author.admin"]) == "boolean"
    assert df["author.articles"].tolist() == [3, 3, 3]
    assert "author" not in df


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("state", ["flushed", "expired", "detached", "pending"])
def test_no_statement_whatever_the_state(session, state, deep):
    """
    Making, showing and copying a frame sends nothing and flushes nothing.
    """
    articles = _stored(session)
    if state == "expired":
        session.expire_all()
    if state == "detached":
        session.expire_all()
        session.expunge_all()
    if state == "pending":
        articles.append(Article(title="new"))
        session.add(articles[-1])

    with statements(session.get_bind()) as sent:
        df = frame(articles, deep=deep)
        assert repr(df)
        assert df._repr_html_()
        assert len(df.machina.overrides()) == len(articles)

    assert sent == []
    assert (len(session.new) == 1) == (state == "pending")


def test_expired_records_keep_their_columns(session):
    """
    What is not loaded is NA in a column of the right type.
    """
    articles = _stored(session)
    session.expire_all()

    df = frame(articles)

    assert df.isna().all(axis=None)
    assert str(df.dtypes["author_id"]) == "Int64"


def test_rows_of_a_bulk_insert(session):
    """
    Mappings of attributes or of columns get the model's dtypes.
    """
    row = session.execute(User.__table__.insert().returning(User.__table__)).one()

    for rows in ([{"id": 1, "admin": None}], [row], [row._mapping]):
        df = frame(rows, model=User)
        assert df["id"].tolist() == [1]
        assert str(df.dtypes["admin"]) == "boolean"


def test_empty_keeps_columns():
    """
    No records of a model have its columns.
    """
    df = frame([], model=User)

    assert list(df.columns)[:4] == ["id", "name", "admin", "net_worth"]


def test_a_mixed_family(session):
    """
    Users and articles together are a frame for each.
    """
    articles = _stored(session)

    made = frame([articles[0].author, *articles])

    assert {name: len(each) for name, each in made.items()} == {"User": 1, "Article": 3}


def test_labels_are_no_overrides(session):
    """
    Labels and counts are for looking at: they are never given to a factory.
    """
    (first, *_) = frame(_stored(session)).machina.overrides()

    assert first == {"id": 1, "title": "A0", "author_id": 1}
    nested = frame(_stored(session), deep=True).machina.overrides()[0]
    assert nested["author"]["name"] == "Jane"
    assert "articles" not in nested["author"]
