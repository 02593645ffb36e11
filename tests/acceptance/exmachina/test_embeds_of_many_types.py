"""
ExMachina: fields of several types (T54-T66, T70-T71).

The stand-in for Ecto's polymorphic embeds is a column of tagged dataclasses.
"""

from dataclasses import dataclass

import pytest

from sqlalchemy.orm import Session

from machina_lab import CastError
from tests.support.embeds import (
    ImageContent,
    Link,
    Metadata,
    TextContent,
    VideoContent,
)
from tests.support.models import Comment, Document


IMAGE = "https://example.com/a.jpg"
VIDEO = "https://example.com/video.mp4"


@dataclass
class NoteContent:
    note: str


@pytest.fixture(name="reload")
def _reload(factory, engine):
    """
    Return a function that reads a record in a session of its own.
    """

    def read(record):
        factory.commit()
        with Session(engine) as session:
            found = session.get(type(record), record.id)
            session.expunge(found)
        return found

    return read


class TestInsert:
    def test_works(self, factory):
        """
        T54: the value is kept as it was built.
        """
        document = factory.insert("document")

        assert document.id is not None
        assert "Test Document" == document.title
        assert "Sample text content" == document.content.body

    def test_none(self, factory):
        """
        T55: None is fine.
        """
        document = factory.insert("document", content=None)

        assert document.id is not None
        assert None is document.content

    def test_many(self, factory):
        """
        T56: a list of several types keeps types and order.
        """
        given = [TextContent(body="attached text"), ImageContent(url=IMAGE)]

        assert given == factory.insert("document", attachments=given).attachments

    def test_empty(self, factory):
        """
        T57: an empty list stays one.
        """
        document = factory.insert("document", attachments=[])

        assert document.id is not None
        assert [] == document.attachments

    def test_readable(self, factory, reload):
        """
        T58: what was inserted is read back as objects of the same classes.
        """
        document = factory.insert("document", attachments=[ImageContent(url=IMAGE)])

        found = reload(document)

        assert TextContent(body="Sample text content") == found.content
        assert [ImageContent(url=IMAGE)] == found.attachments

    def test_options(self, factory):
        """
        T59: options of the insert do not disturb.
        """
        document = factory.insert(
            "document", {"content": TextContent(body="opt")}, {"returning": True}
        )

        assert document.id is not None
        assert "opt" == document.content.body

    def test_built_record(self, factory):
        """
        T60: a record that was built by hand is inserted alike.
        """
        content = TextContent(body="prebuilt body")

        document = factory.insert(Document(title="Prebuilt", content=content))

        assert document.id is not None
        assert "prebuilt body" == document.content.body

    def test_list(self, factory):
        """
        T61: insert_list works with such fields.
        """
        documents = factory.insert_list(3, "document")

        assert "Sample text content" == documents[0].content.body

    def test_through_has_many(self, factory, reload):
        """
        T62: children get their key and keep such fields.
        """
        document = factory.build("document")

        user = factory.insert("user", documents=[document])
        found = reload(document)

        assert user.id == found.author_id
        assert TextContent(body="Sample text content") == found.content

    def test_inside_embeds(self, factory, reload):
        """
        T63: an embed inside an embed is read back as well.
        """
        link = Link(url=IMAGE, metadata=Metadata(text="cms"))

        comment = factory.insert("comment_with_embedded_assocs", links=[link])
        found = reload(comment)

        assert isinstance(found, Comment)
        assert (IMAGE, "cms") == (found.links[0].url, found.links[0].metadata.text)

    def test_second_type(self, factory):
        """
        T70: another factory may use another type.
        """
        document = factory.insert("document_with_image")

        assert document.id is not None
        assert "Image Document" == document.title
        assert "https://example.com/image.jpg" == document.content.url

    def test_override(self, factory):
        """
        T71: an override may be of another type than the default.
        """
        document = factory.insert("document", content=VideoContent(VIDEO, 120))

        assert document.id is not None
        assert (VIDEO, 120) == (document.content.url, document.content.duration)


class TestRefused:
    def test_unknown_type(self, factory):
        """
        T65: an object that the column's caster refuses raises before the database.
        """
        with pytest.raises(CastError, match=r"Document\.content.*note='hi'"):
            factory.insert("document", content=NoteContent(note="hi"))

    def test_mapping(self, factory):
        """
        T66: so does a mapping, which tells no type.
        """
        with pytest.raises(CastError, match=r"Document\.content.*not a struct"):
            factory.insert("document", content={"body": "not a struct"})


def test_build_leaves_objects(factory):
    """
    T64: build does not touch them.
    """
    assert TextContent("Sample text content") == factory.build("document").content
