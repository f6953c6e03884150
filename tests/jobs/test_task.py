"""Damages by their words: read, written back, and refused with a reason; which of them go together."""

from itertools import combinations

import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.damage import (
    Damage,
    Downsampling,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    KernelBlur,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
)
from daps_desktop.jobs.damage_text import format_damage, parse_damage
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.task import Task


def test_every_damage_is_read_back_from_its_own_words() -> None:
    for kind in TRAITS:
        damage = KernelBlur("blur.png") if kind is KernelBlur else kind()
        assert parse_damage(format_damage(damage)) == damage
    assert parse_damage("motion:angle=30,length=7") == MotionBlur(length=7.0, angle=30.0)
    assert format_damage(MotionBlur(7.0, 30.0)) == "motion:length=7,angle=30"
    assert format_damage(Downsampling(3)) == "small:factor=3"
    kernels = KernelBlur("/home/Smith, John/a=b,file=c.png"), KernelBlur("unknown")
    for damage in (GaussianBlur(1.23456789), MotionBlur(9.0, 1e-7), Downsampling(2, "area"), *kernels):
        assert parse_damage(format_damage(damage)) == damage


def test_a_picture_is_shown_by_its_name() -> None:
    assert format_damage(KernelBlur("shake.png", b"PNG")) == "kernel:file=shake.png"


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
        ("kernel:picture=x", "no value called 'picture'"),
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


_BLURS, _LAST = ("blur", "motion", "kernel", "camera-blur"), ("jpeg", "clipped", "camera-blur")
_APART = {
    frozenset(pair)
    for pair in [
        *combinations(_BLURS, 2), *combinations(_LAST, 2), ("jpeg", "grey"), ("camera-blur", "small"),
        ("camera-blur", "grey"), ("tone", "grey"), *(("phase", kind.name) for kind in TRAITS),
    ]
}  # fmt: skip


def sample(kind: type[Damage]) -> Damage:
    return KernelBlur("blur.png") if kind is KernelBlur else kind()


@pytest.mark.parametrize(
    ("one", "other"), [(a, b) for a in TRAITS for b in TRAITS if a is not b], ids=lambda kind: kind.name
)
def test_two_kinds_go_together_or_not_in_whichever_order(one: type[Damage], other: type[Damage]) -> None:
    pair = (sample(one), sample(other))
    if {one.name, other.name} not in _APART:
        assert Task(pair).damages == pair
        return
    with pytest.raises(UserError) as refused:
        Task(pair)
    assert refused.value.code == "damage_combination"


def test_a_task_says_what_it_asks_for() -> None:
    repair, both = Task((MissingPixels(),)), Task((MissingPixels(), Downsampling(3), Noise()))
    assert repair.only_fills_mask and repair.needs_mask and not both.only_fills_mask
    assert both.maskless_part == Task((Downsampling(3), Noise())) and both.scale == 3
    assert Task((JpegCompression(), MissingPixels())).keeps_grain and not both.keeps_grain
    assert Task((Greyscale(),)).adds_colour and Task((MotionBlur(),)).blurs
    assert Task((PhaseRetrieval(starts=7),)).runs == 7 and both.runs == 0
    for task in (both, Task(())):
        assert task.solved_part == task and task.in_image_domain


def test_a_mask_that_is_needed_or_of_no_use_is_told() -> None:
    with pytest.raises(UserError, match="Nothing is marked"):
        Task((MissingPixels(),)).check_mask(False)
    with pytest.raises(UserError, match="phase takes no mask"):
        Task((PhaseRetrieval(),)).check_mask(True)
    Task((Noise(),)).check_mask(True)
