"""The verdict on a result as sentences."""

from dataclasses import asdict

from daps_desktop.base.i18n import N_, format_number, join_sentences, tr
from daps_desktop.jobs.messages import notice_text
from daps_desktop.jobs.verdict import Agreement, LikelyCause, Verdict, format_repair
from daps_desktop.ui.common.formatting import percent


def format_verdict(verdict: Verdict) -> str:
    if verdict.recoloured and verdict.redrawn == 0:
        return join_sentences(_format_recoloured(), tr("Nothing was redrawn."))
    said = [words(verdict) for words in (format_repair, _format_agreement, _format_redrawn)]
    line = join_sentences(*filter(None, said))
    if verdict.blur:
        line = join_sentences(line, str(notice_text("blur_narrowed", **asdict(verdict.blur))))
    return join_sentences(line, _format_recoloured()) if verdict.recoloured else line


def _format_recoloured() -> str:
    return tr("Colours and contrast were changed everywhere by a curve, which can be undone.")


_SUSPECTS = {
    LikelyCause.BLUR: N_("blur size may be wrong"),
    LikelyCause.JPEG: N_("JPEG quality may be wrong"),
    LikelyCause.NOISE_LOW: N_("noise level may be set too low"),
    LikelyCause.NOISE_HIGH: N_("noise level may be set too high"),
}


def _suspicion(verdict: Verdict) -> str:
    words = [tr(_SUSPECTS[suspect]) for suspect in verdict.suspects]
    return tr(", or ").join(words) or tr("check what is ticked, and how much")


def _format_agreement(verdict: Verdict) -> str:
    """Nothing where nothing was compared."""
    times = format_number(verdict.residual_over_noise, 1)
    match verdict.agreement:
        case None:
            return ""
        case Agreement.CLOSE:
            line = tr(
                "Agrees with your photo, and kept some of its noise (difference {times}× the noise level): "
                "{suspicion}."
            )
        case Agreement.AGREES:
            line = tr("Agrees with your photo.")
        case Agreement.ROUGHLY:
            line = tr(
                "Agrees with your photo only roughly (difference {times}× the noise level): {suspicion}."
            )
        case Agreement.IMPROVING:
            line = tr(
                "Still improving (difference {times}× the noise level): a higher quality takes it further."
            )
        case Agreement.DISAGREES:
            line = tr("Does not agree with your photo (difference {times}× the noise level): {suspicion}.")
    return line.format(times=times, suspicion=_suspicion(verdict))


def _format_redrawn(verdict: Verdict) -> str:
    if verdict.redrawn is None:
        return tr("The whole photo was reworked.")
    share = percent(verdict.redrawn)
    return tr("{percent} of it was redrawn.").format(percent=share[0].upper() + share[1:])
