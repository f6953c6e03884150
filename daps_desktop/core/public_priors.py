"""Priors that others have published and this program can use, as their publishers describe them."""

from dataclasses import dataclass

from daps_desktop.core.language import mark


@dataclass(frozen=True, slots=True)
class PublicPrior:
    """A repository of the Hugging Face hub. Its quality for repairs has not been measured here."""

    repository: str
    shows: str  # marked for translation
    licence: str
    size_mb: int


PUBLIC_PRIORS = (
    PublicPrior("google/ddpm-ema-celebahq-256", mark("Faces, 256 pixels"), "Apache-2.0", 455),
    PublicPrior("google/ddpm-ema-church-256", mark("Churches, 256 pixels"), "Apache-2.0", 455),
)
