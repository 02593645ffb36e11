"""
What the text of a body tells.
"""

from machina_lab import Lab, assoc, assoc_list, sequence, sequences
from machina_lab.widgets.sources import SequenceUse, Uses, uses_of


NAME = ("tuple", 1)


def test_sequences_and_their_fields():
    """
    Each sequence is found with the attribute that it feeds and its start.
    """

    def body():
        code = sequence("code", str, start_at=7)
        return {
            "code": code,
            "mail": sequence("mail", lambda n: f"{n}@x"),
            "pair": sequence(NAME, str),
            "inner": {"deep": sequences.next("deep")},
        }

    assert set(uses_of(body).sequences) == {
        SequenceUse("code", "code", 7),
        SequenceUse("mail", "mail"),
        SequenceUse(NAME, "pair"),
        SequenceUse("deep", "deep"),
    }


def test_factories_that_a_body_stands_on():
    """
    Handles that are called, built, or named in a build are bases; assocs are not.
    """
    lab = Lab()

    @lab.factory
    def article():
        return {"author": assoc("user"), "comments": assoc_list(2, "comment")}

    def by_call():
        return {**article(), "featured": True}

    def by_name():
        return lab.build("article", featured=True)

    def by_handle():
        return article.build()

    for body in (by_call, by_name, by_handle):
        assert uses_of(body).bases == ("article",)
    assert uses_of(article.definition.function) == Uses(
        associations=("user", "comment")
    )


def test_what_has_no_text_tells_nothing():
    """
    A function without source, or a builtin, uses nothing that one could see.
    """
    names = {}
    exec("def made(): return {'a': sequence('a')}", names)

    assert uses_of(names["made"]) == Uses()
    assert uses_of(dict) == Uses()
