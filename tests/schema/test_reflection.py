import pytest
import sqlalchemy as sa

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from machina_lab.core.tables import Unique
from machina_lab.errors import ArgumentTypeError, RepoError
from machina_lab.schema import Schema
from tests.support.schemas import load_dump


class TestTargets:
    @pytest.mark.parametrize("kind", ["url", "text", "engine", "connection", "session"])
    def test_any_door_to_a_database(self, sqlite, trap, kind):
        """
        A URL, its text, an Engine, a Connection and a Session are all the same.
        """
        trap("sqlite", "broken")
        with sqlite.engine.connect() as connection, Session(sqlite.engine) as session:
            targets = {
                "url": sqlite.url,
                "text": sqlite.address,
                "engine": sqlite.engine,
                "connection": connection,
                "session": session,
            }

            assert "fine" in Schema.reflect(targets[kind])

    def test_an_empty_database_is_an_empty_schema(self, database):
        """
        No tables is an answer, not an error.
        """
        schema = Schema.reflect(database.engine)

        assert [] == list(schema)
        assert f"<Schema on {database.dialect}: 0 tables, 0 relations>" == repr(schema)

    def test_unreachable_databases_hide_the_password(self):
        """
        The error says where, never with which password.
        """
        url = "postgresql+psycopg://me:hunter2@127.0.0.1:1/nothing"

        with pytest.raises(RepoError, match=r"me:\*\*\*@127") as caught:
            Schema.reflect(url)

        assert "hunter2" not in str(caught.value)

    def test_no_url(self):
        """
        Text that is no URL says what one looks like.
        """
        with pytest.raises(RepoError, match="looks like sqlite:///"):
            Schema.reflect("chinook.db")

    def test_no_database_at_all(self):
        """
        Something else is named by its type.
        """
        with pytest.raises(ArgumentTypeError, match="not as int"):
            Schema.reflect(42)


class TestPostgres:
    def test_several_schemas(self, trap):
        """
        Tables of every schema are read; the default one's go by their bare name.
        """
        schema = Schema.reflect(trap("postgresql", "several_schemas").engine)

        assert [
            "users",
            "Sales Team.Big Deals",
            "audit.users",
            "audit.actions",
        ] == list(schema.insert_order())
        assert "users" == schema["audit.users"].foreign_keys[0].table
        assert "identity always" == schema["actions"].column("id").generated

    def test_partitions_hide_behind_their_table(self, trap):
        """
        Parts are named but are no tables of their own; views are marked.
        """
        schema = Schema.reflect(trap("postgresql", "shapes").engine)

        assert ("measured_2024", "measured_rest") == schema.partitions
        assert "measured_2024" not in schema
        assert {"thing_names", "thing_count"} == {t.name for t in schema if t.view}

    def test_unique_indexes_with_expressions_and_conditions(self, trap):
        """
        A partial unique index over an expression keeps its column and condition.
        """
        schema = Schema.reflect(trap("postgresql", "shapes").engine)

        assert (
            Unique(("slug",), "soft_slug", "(deleted_at IS NULL)")
            in schema["soft"].uniques
        )

    def test_unknown_types_keep_the_database_name(self, trap):
        """
        Types that SQLAlchemy has no class for are named as the database does.
        """
        table = Schema.reflect(trap("postgresql", "types").engine)["torture"]

        assert ("other", "xml") == (
            table.column("x").type.kind,
            table.column("x").type.sql,
        )
        assert ("other", "address") == (
            table.column("home").type.kind,
            table.column("home").type.sql,
        )

    def test_domains_bring_their_checks(self, trap):
        """
        What a domain asks of its values is a check of the column.
        """
        table = Schema.reflect(trap("postgresql", "types").engine)["torture"]

        assert "email" == table.column("mail").type.label
        assert ['"amount" > 0'] == [
            check.sql for check in table.checks if check.name == "positive_check"
        ]

    def test_cycles_are_named_with_their_cure(self, trap):
        """
        Nullable, deferrable and required rings are each broken their own way.
        """
        order = Schema.reflect(trap("postgresql", "cycles").engine).insert_order()

        cures = {cycle.tables[0]: cycle.cure for cycle in order.cycles}
        assert "late" == cures["team"]
        assert "statement" == cures["store"]
        assert "deferred" == cures["hen"] == cures["lock"]
        assert len(order) == 14


class TestSqlite:
    def test_unreadable_tables_are_named_and_the_rest_read(self, trap):
        """
        A view over a table that is gone is skipped with its reason.
        """
        schema = Schema.reflect(trap("sqlite", "broken").engine)

        assert ["fine", "lost_parent", "pointed"] == [table.key for table in schema]
        assert "bad" == schema.skipped[0].name
        assert "no such table" in schema.skipped[0].reason

    def test_only_integer_primary_key_counts_up(self, trap):
        """
        INT or BIGINT PRIMARY KEY is not SQLite's row number: somebody must give it.
        """
        schema = Schema.reflect(trap("sqlite", "types").engine)

        made = {t.key: t.columns[0].generated for t in schema if t.primary_key}
        assert {
            "big": "",
            "no_rowid": "",
            "not_rowid": "",
            "strict_one": "autoincrement",
            "when": "autoincrement",
        } == made

    def test_inline_unique_after_a_length(self, trap):
        """
        `VARCHAR(3) UNIQUE` is read from the database, not from its text.
        """
        schema = Schema.reflect(trap("sqlite", "types").engine)

        assert ("name",) == schema["big"].uniques[0].columns

    def test_rows_of_big_files_are_not_counted(self, sqlite, monkeypatch):
        """
        Above a size the highest row number stands in for a scan.
        """
        monkeypatch.setattr("machina_lab.schema.statistics._COUNTED_BYTES", 0)
        with sqlite.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY)")
            connection.exec_driver_sql("INSERT INTO t VALUES (1), (7)")

        assert 7 == Schema.reflect(sqlite.engine)["t"].rows


class TestModels:
    def test_declared_tables_need_no_database(self):
        """
        Metadata, a base and a class give the same schema, checks with their values.
        """

        class Base(DeclarativeBase):
            pass

        class User(Base):
            __tablename__ = "users"
            __table_args__ = (
                sa.CheckConstraint(sa.column("age") > 17, name="adult"),
                {"comment": "People"},
            )
            id: Mapped[int] = mapped_column(primary_key=True)
            age: Mapped[int] = mapped_column(default=18)
            email: Mapped[str] = mapped_column(sa.String(30), unique=True)

        schema = Schema.from_models(Base)

        assert schema == Schema.from_metadata(Base.metadata) == Schema.from_models(User)
        users = schema["users"]
        assert "age > 17" == users.checks[0].sql
        assert "People" == users.comment
        assert ("email",) == users.uniques[0].columns
        assert "18" == users.column("age").default

    def test_something_else(self):
        """
        What is neither base nor class is refused by name.
        """
        with pytest.raises(ArgumentTypeError, match="declarative bases"):
            Schema.from_models(int)


class TestRealSchemas:
    @pytest.mark.parametrize(
        ("name", "tables", "rows"), [("chinook", 11, 15607), ("northwind", 13, 3310)]
    )
    def test_are_read_with_their_sizes(self, database, name, tables, rows):
        """
        Chinook and Northwind are read whole: tables, keys and how many rows there are.
        """
        if name == "northwind" and database.dialect == "postgresql":
            tables, rows = 14, 3362
        load_dump(database, name)

        schema = Schema.reflect(database.engine)

        assert tables == sum(not table.view for table in schema)
        assert rows == sum(table.rows or 0 for table in schema)
        assert () == schema.skipped


class TestSize:
    def test_300_tables(self, database):
        """
        Three hundred tables are read.
        """
        metadata = sa.MetaData()
        for n in range(300):
            sa.Table(
                f"table_{n}",
                metadata,
                sa.Column("id", sa.Integer, primary_key=True),
                *(sa.Column(f"c{m}", sa.String(40)) for m in range(8)),
                sa.Column("parent_id", sa.ForeignKey(f"table_{max(n - 1, 0)}.id")),
            )
        database.create(metadata)

        schema = Schema.reflect(database.engine)

        assert 300 == len(schema)
