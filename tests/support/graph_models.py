"""
Associations of every shape: trees, cycles between tables, joins through other tables,
collections that are no lists.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    WriteOnlyMapped,
    attribute_keyed_dict,
    backref,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    pass


class Node(Base):
    """
    A tree: each node has a parent of its own class.
    """

    __tablename__ = "nodes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
    parent: Mapped[Node | None] = relationship(
        back_populates="children", remote_side="Node.id"
    )
    children: Mapped[list[Node]] = relationship(back_populates="parent")


friendships = Table(
    "friendships",
    Base.metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("friend_id", ForeignKey("people.id"), primary_key=True),
)


class Person(Base):
    """
    Many to many with itself, one way only.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    friends: Mapped[list[Person]] = relationship(
        secondary=friendships,
        primaryjoin="Person.id == friendships.c.person_id",
        secondaryjoin="Person.id == friendships.c.friend_id",
    )


class Team(Base):
    """
    A cycle between two tables that SQLAlchemy is told how to cut.
    """

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    captain_id: Mapped[int | None] = mapped_column(
        ForeignKey("players.id", use_alter=True, name="team_captain")
    )
    captain: Mapped[Player | None] = relationship(
        foreign_keys=captain_id, post_update=True
    )
    players: Mapped[list[Player]] = relationship(
        back_populates="team", foreign_keys="Player.team_id"
    )


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    team: Mapped[Team] = relationship(back_populates="players", foreign_keys=team_id)


class Department(Base):
    """
    The same cycle without `post_update`.
    """

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(primary_key=True)
    head_id: Mapped[int | None] = mapped_column(
        ForeignKey("employees.id", use_alter=True, name="department_head")
    )
    head: Mapped[Employee | None] = relationship(foreign_keys=head_id)


class Employee(Base):
    __tablename__ = "employees"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    department: Mapped[Department] = relationship(foreign_keys=department_id)


class Student(Base):
    """
    Many to many through an association object, with proxies across it.
    """

    __tablename__ = "students"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    enrolments: Mapped[list[Enrolment]] = relationship(back_populates="student")
    courses: AssociationProxy[list[Course]] = association_proxy(
        "enrolments", "course", creator=lambda course: Enrolment(course=course)
    )


class Course(Base):
    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]


class Enrolment(Base):
    __tablename__ = "enrolments"

    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    grade: Mapped[str | None]
    student: Mapped[Student] = relationship(back_populates="enrolments")
    course: Mapped[Course] = relationship()


class Album(Base):
    """
    Collections that are a set, a dict, an ordered list, and one that is never read.
    """

    __tablename__ = "albums"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    labels: Mapped[set[AlbumLabel]] = relationship()
    notes: Mapped[dict[str, AlbumNote]] = relationship(
        collection_class=attribute_keyed_dict("key")
    )
    tracks: Mapped[list[Track]] = relationship(
        order_by="Track.position", collection_class=ordering_list("position")
    )
    plays: WriteOnlyMapped[Play] = relationship()
    first_track: Mapped[Track | None] = relationship(
        primaryjoin="and_(Track.album_id == Album.id, Track.position == 0)",
        viewonly=True,
    )


class AlbumLabel(Base):
    __tablename__ = "album_labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))
    name: Mapped[str | None]


class AlbumNote(Base):
    __tablename__ = "album_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))
    key: Mapped[str | None]
    text: Mapped[str | None]


class Track(Base):
    __tablename__ = "tracks"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))
    position: Mapped[int | None]
    title: Mapped[str | None]


class Play(Base):
    __tablename__ = "plays"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))


class Desk(Base):
    """
    One to one both ways, through a back-reference that the other class never names.
    """

    __tablename__ = "desks"

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("workers.id"))
    worker: Mapped[Worker | None] = relationship(backref=backref("desk", uselist=False))


class Worker(Base):
    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
