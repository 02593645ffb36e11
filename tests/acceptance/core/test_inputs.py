"""
Who merges what: named inputs, one positional, defaults, value factories.
"""

from dataclasses import dataclass

import pytest

from machina_lab import MachinaError, UnknownAttributeError, evaluate_lazy_attributes


@dataclass
class Post:
    title: str
    slug: str
    body: str = ""


class TestNamedInputs:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory(model=Post)
        def post(*, title=None, words=2):
            title = title or "Default title"
            slug = title.lower().replace(" ", "-")
            return {"title": title, "slug": slug, "body": " ".join(["lorem"] * words)}

    def test_inputs_have_defaults(self, lab):
        """
        A factory with inputs builds without any.
        """
        got = lab.build("post")

        assert Post("Default title", "default-title", "lorem lorem") == got

    def test_input_that_is_no_field(self, lab):
        """
        An input that is no field of the record reaches the body only.
        """
        assert "lorem lorem lorem" == lab.build("post", words=3).body

    def test_input_that_is_a_field(self, lab):
        """
        An input that is also a field is derived from and merged.
        """
        got = lab.build("post", title="My Way")

        assert Post("My Way", "my-way", "lorem lorem") == got

    def test_the_rest_is_merged(self, lab):
        """
        What no input takes is merged over the body's result.
        """
        assert "mine" == lab.build("post", title="My Way", slug="mine").slug

    def test_inputs_come_from_the_mapping_too(self, lab):
        """
        A mapping of overrides feeds the inputs like keywords do.
        """
        assert "my-way" == lab.build("post", {"title": "My Way"}).slug

    def test_typo_is_found(self, lab):
        """
        A name that is neither input nor field raises.
        """
        with pytest.raises(UnknownAttributeError, match="'word'"):
            lab.build("post", word=3)

    def test_handle_names_its_inputs(self, lab):
        """
        A handle knows the inputs of its factory.
        """
        assert {"title", "words"} == set(lab.factories()["post"].inputs)

    def test_caller_gets_what_was_given_even_if_the_body_changes_it(self, lab):
        """
        An input that is a field is merged after the body, so overrides always win.
        """

        @lab.factory
        def shout(*, text="hi"):
            return {"text": text.upper()}

        assert {"text": "hi"} == lab.build("shout", text="hi")
        assert {"text": "HI"} == lab.build("shout")

    def test_missing_input_is_named(self, lab):
        """
        An input without a default must be given.
        """

        @lab.factory
        def badge(*, name):
            return {"text": name}

        assert {"text": "Al"} == lab.build("badge", name="Al")
        with pytest.raises(MachinaError, match=r"badge.*name|name.*badge"):
            lab.build("badge")

    def test_rest_is_merged_by_the_body(self, lab):
        """
        `**rest` receives what no input took and counts as merged by you.
        """

        @lab.factory
        def event(*, kind="click", **rest):
            return {"kind": kind, "seen": sorted(rest)}

        assert {"kind": "tap", "seen": ["x", "y"]} == lab.build(
            "event", kind="tap", y=1, x=2
        )


class TestOnePositional:
    def test_overrides_are_yours(self, lab):
        """
        A body of one positional receives the overrides, and nothing is merged.
        """

        @lab.factory
        def seen(attrs):
            return {"saw": dict(attrs)}

        assert {"saw": {"a": 1, "b": 2}} == lab.build("seen", {"a": 1}, b=2)

    def test_without_overrides_it_gets_an_empty_mapping(self, lab):
        """
        A positional without a default is served by `{}`.
        """

        @lab.factory
        def seen(attrs):
            return attrs

        assert {} == lab.build("seen")

    def test_lazies_are_yours(self, lab):
        """
        Without a model, lazies stay as they are until you evaluate them.
        """

        @lab.factory
        def raw(attrs):
            return {"a": 1, **attrs}

        @lab.factory
        def evaluated(attrs):
            return evaluate_lazy_attributes({"a": 1, **attrs})

        function = lambda parent: parent["a"] + 1

        assert {"a": 1, "b": function} == lab.build("raw", b=function)
        assert {"a": 1, "b": 2} == lab.build("evaluated", b=function)

    def test_lazies_are_resolved_when_asked_for(self, lab):
        """
        `evaluate_lazies=True` resolves them for a body of one positional.
        """

        @lab.factory(evaluate_lazies=True)
        def thing(attrs):
            return {"a": 1, **attrs}

        assert {"a": 1, "b": 2} == lab.build("thing", b=lambda it: it.a + 1)

    def test_lazies_are_resolved_with_a_model(self, lab):
        """
        `model=` resolves lazies whatever the body takes.
        """

        @lab.factory(model=Post)
        def post(params):
            return {"title": "T", "slug": lambda it: it.title.lower(), **params}

        assert Post("T", "t") == lab.build("post")
        assert Post("Other", "other") == lab.build("post", title=lambda: "Other")

    def test_any_value_may_be_returned(self, lab):
        """
        What the body returns is the record, None included.
        """

        @lab.factory
        def echo(attrs):
            return attrs.get("value")

        for value in (None, "text", ("a", "b"), [1], {1}):
            assert value == lab.build("echo", value=value)

    def test_pattern_head(self, lab):
        """
        One positional plus inputs: inputs are read out, params stay whole.
        """

        @lab.factory
        def person(params, *, first_name):
            return {"full_name": f"{first_name} User", **params}

        assert {"full_name": "Al User", "first_name": "Al", "age": 3} == lab.build(
            "person", first_name="Al", age=3
        )

    def test_pattern_head_names_what_is_missing(self, lab):
        """
        A missing input without a default raises and names it.
        """

        @lab.factory
        def person(params, *, first_name):
            return {"full_name": first_name}

        with pytest.raises(MachinaError, match="first_name"):
            lab.build("person", age=3)


class TestPositionalDefaults:
    def test_default_serves_the_call_without_argument(self, lab):
        """
        A default of the positional is used when nothing is given, and only then.
        """

        @lab.factory
        def user(params={"role": "x"}):  # noqa: B006 - copied per call, as promised
            return {"name": "J", **params}

        assert {"name": "J", "role": "x"} == lab.build("user")
        assert {"name": "J", "a": 1} == lab.build("user", a=1)

    def test_explicit_empty_mapping_is_an_argument(self, lab):
        """
        `{}` is given, None is not.
        """

        @lab.factory
        def user(params={"role": "x"}):  # noqa: B006 - copied per call, as promised
            return dict(params)

        assert {} == lab.build("user", {})
        assert {"role": "x"} == lab.build("user", None)

    def test_default_is_copied_per_call(self, lab):
        """
        A body that changes its default harms nobody.
        """

        @lab.factory
        def user(params={"role": "x"}):  # noqa: B006 - copied per call, as promised
            params["n"] = len(params)
            return params

        assert [{"role": "x", "n": 1}] * 3 == lab.build_list(3, "user")


class TestValueFactories:
    @pytest.fixture(autouse=True)
    def _define(self, lab):
        @lab.factory
        def greeting(name="world"):
            return f"Hello, {name}!"

    def test_any_value_is_an_argument(self, lab):
        """
        A value factory takes any value.
        """

        @lab.factory
        def echo(value):
            return value

        assert "Hello, Bob!" == lab.build("greeting", "Bob")
        for value in (3, ("x", "y"), ["a"], 1.5):
            assert value == lab.build("echo", value)

    def test_default(self, lab):
        """
        Without an argument the default serves.
        """
        assert "Hello, world!" == lab.build("greeting")

    def test_lists(self, lab):
        """
        List verbs hand the argument to each item.
        """
        assert ["Hello, Bob!"] * 2 == lab.build_list(2, "greeting", "Bob")
        assert ["Hello, world!"] * 2 == lab.build_pair("greeting")

    def test_value_for_a_factory_that_merges_is_refused(self, lab):
        """
        A factory of records takes mappings only.
        """
        lab.factory(name="user", model=Post)(lambda: {"title": "a", "slug": "b"})

        with pytest.raises(TypeError, match="map"):
            lab.build("user", "Bob")
