"""
The main job on a real database with real data: the music shop Chinook.
"""

from decimal import Decimal

import pytest

from sqlalchemy import MetaData, func, inspect, select

from machina_lab import Lab, Schema, assoc, load_fixtures, sequence
from tests.support.schemas import load_dump


@pytest.fixture(name="shop")
def _shop(sqlite):
    load_dump(sqlite, "chinook")
    lab = Lab(sqlite.url)
    models = lab.models

    @lab.factory(model=models.Artist)
    def artist():
        return {"name": sequence("artist", "Test Artist {}".format)}

    @lab.factory(model=models.Album)
    def album():
        return {
            "title": sequence("album", "Album {}".format),
            "artist": assoc("artist"),
        }

    @lab.factory(model=models.Track)
    def track():
        return {
            "name": sequence("track", "Track {}".format),
            "album": assoc("album"),
            "media_type_id": 1,
            "milliseconds": 215_000,
            "unit_price": Decimal("0.99"),
        }

    yield lab
    lab.rollback()


def _counts(lab):
    tables = ("Artist", "Album", "Track")
    return {
        name: lab.repo.session.scalar(
            select(func.count()).select_from(lab.models[name])
        )
        for name in tables
    }


def test_tracks_with_their_parents_beside_the_real_rows(shop):
    """
    Five tracks come with five albums and artists, keys continue after the real rows.
    """
    before = _counts(shop)

    tracks = shop.insert_list(5, "track")

    assert {"Artist": 275, "Album": 347, "Track": 3503} == before
    assert {"Artist": 5, "Album": 5, "Track": 5} == shop.pending
    assert [3504, 3505, 3506, 3507, 3508] == [each.track_id for each in tracks]
    frame = shop.frame(tracks)
    assert ["Track 0", "Track 1", "Track 2", "Track 3", "Track 4"] == list(
        frame["name"]
    )
    assert [Decimal("0.99")] * 5 == list(frame["unit_price"])
    real = shop.repo.session.scalars(select(shop.models.Track).limit(5)).all()
    both = shop.frame([*real, *tracks])
    assert "For Those About To Rock (We Salute You)" == both["name"].iloc[0]
    assert 10 == len(both)


def test_undo_leaves_the_real_rows_alone(shop):
    """
    An undo takes the step's rows and numbers back, and nothing else.
    """
    before = _counts(shop)
    shop.insert_list(5, "track")

    (step,) = shop.undo()

    assert ("insert_list", "track", 5) == (step.verb, step.factory, step.count)
    assert before == _counts(shop)
    assert {} == shop.pending
    assert "Track 0" == shop.insert("track").name


def test_commit_export_and_load_into_an_empty_database(shop, tmp_path):
    """
    What was made goes out as files and comes back the same, parents included.
    """
    shop.insert_list(5, "track")
    shop.undo()
    tracks = shop.insert_list(5, "track")
    keys = [each.track_id for each in tracks]
    shop.commit()
    shop.export_fixtures(tmp_path / "tracks")

    empty = Lab(f"sqlite:///{tmp_path / 'empty.db'}")
    metadata = MetaData()
    metadata.reflect(shop.repo.session.connection())
    metadata.create_all(empty.repo.session.connection())
    # The media type was there before; a set holds what its rows point at.
    load_fixtures(tmp_path / "tracks", empty)
    empty.commit()

    loaded = _rows(empty, "Track", keys)
    assert _rows(shop, "Track", keys) == loaded
    assert [Decimal("0.99")] * 5 == [row["UnitPrice"] for row in loaded]
    counts = {table.name: table.rows for table in Schema.reflect(empty.repo.engine)}
    assert (5, 5, 5, 1) == tuple(
        counts[name] for name in ("Artist", "Album", "Track", "MediaType")
    )
    assert [] == list(
        empty.repo.session.connection().exec_driver_sql("PRAGMA foreign_key_check")
    )


def _rows(lab, name, keys):
    table = inspect(lab.models[name]).local_table
    query = select(table).where(table.c.TrackId.in_(keys)).order_by(table.c.TrackId)
    return [dict(row) for row in lab.repo.session.execute(query).mappings()]
