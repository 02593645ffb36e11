"""
A press counts what was typed before it, in whatever order the messages come.
"""

import asyncio

import pytest

from machina_lab.widgets import override_form, presses
from tests.widgets.pages import press, put


@pytest.fixture
def impatient(monkeypatch):
    """
    Lets pages answer at once or never.
    """
    monkeypatch.setattr(presses, "_PATIENCE", 0.0)


async def _pressed(lab, *late):
    """
    Press Build, let the page send *late* and then its answer; return what was built.
    """
    form = override_form(lab, "order")
    put(form.controls["number"].input, "K")
    press(form.build_button)
    assert form.presses.playing
    assert form.records == []

    for text in late:
        put(form.controls["number"].input, text)
    put(form.presses, False, "playing")
    return [each.number for each in form.records], form


def test_a_press_waits_for_the_page(lab):
    """
    A text that was typed before the press, but came after it, is built.
    """
    built, form = asyncio.run(_pressed(lab, "K12"))

    assert built == ["K12"]
    assert form.status.text == "Built 1 order."
    assert not form.presses.playing


def test_each_press_counts(lab):
    """
    Two presses before the page answers are two.
    """

    async def twice():
        form = override_form(lab, "customer")
        press(form.insert_button)
        press(form.insert_button)
        put(form.presses, False, "playing")

    asyncio.run(twice())

    assert lab.pending == {"customers": 2}


def test_a_page_that_does_not_answer(lab, impatient):
    """
    After a while a press counts without an answer, and an answer that is late is none.
    """

    async def patient():
        form = override_form(lab, "customer")
        stopped = asyncio.Event()
        press(form.insert_button)
        form.presses.observe(lambda _: stopped.set(), "playing")
        await stopped.wait()
        put(form.presses, False, "playing")

    asyncio.run(patient())

    assert lab.pending == {"customers": 1}


def test_without_a_page(lab):
    """
    Where no event loop runs, nobody could answer: a press counts at once.
    """
    form = override_form(lab, "customer")

    press(form.build_button)

    assert len(form.records) == 1
