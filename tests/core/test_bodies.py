"""
Reading bodies: the class that their text tells.
"""

from machina_lab.core.bodies import model_of
from tests.support.models import User


class TestModel:
    def test_class_that_every_return_calls(self):
        """
        The class of the records is known before any is built.
        """

        def body():
            def inner():
                return 1

            if inner():
                return User(name="Jane")
            return User()

        assert model_of(body) is User

    def test_several_classes_tell_nothing(self):
        """
        A body that returns one thing or another has no model.
        """

        def body():
            return User() if id(body) else {}

        assert model_of(body) is None
