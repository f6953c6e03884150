"""Damages by their words: read, written back, and refused in words."""

import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.damage import Blur, Kernel, Motion, Small
from daps_desktop.jobs.damage_text import format_damage, parse_damage
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.task import Task


def test_every_damage_is_read_back_from_its_own_words() -> None:
    for kind in TRAITS:
        damage = Kernel("blur.png") if kind is Kernel else kind()
        assert parse_damage(format_damage(damage)) == damage
    assert parse_damage("motion:angle=30,length=7") == Motion(length=7.0, angle=30.0)
    assert format_damage(Motion(7.0, 30.0)) == "motion:length=7,angle=30"
    assert format_damage(Small(3)) == "small:factor=3"
    kernels = Kernel("/home/Smith, John/a=b,file=c.png"), Kernel("unknown")
    for damage in (Blur(1.23456789), Motion(9.0, 1e-7), Small(2, "area"), *kernels):
        assert parse_damage(format_damage(damage)) == damage


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dust", "no damage called dust"),
        ("blur:3", "no value called '3'"),
        ("blur:sigma=nan", "between 0.2 and 20"),
        ("blur:sigma=", "sigma= is not a number"),
        ("small:factor=2.5", "factor=2.5 is not a whole number"),
        ("motion:angle=inf", "a number of degrees"),
        ("kernel", "file= must name"),
        (f"random-mask:seed={10**30}", "seed must be between"),
    ],
)
def test_a_slip_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        parse_damage(text)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("noise noise", "given twice"),
        ("blur motion", "one kind of blur"),
        ("phase noise", "cannot be combined"),
    ],
)
def test_damages_that_exclude_each_other_are_refused(words: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        Task(tuple(parse_damage(word) for word in words.split()))
