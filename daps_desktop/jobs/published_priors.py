"""Priors that others have published and this program can use, as their publishers describe them."""

from dataclasses import dataclass

from daps_desktop.base.i18n import N_


@dataclass(frozen=True, slots=True)
class PublicPrior:
    """What is known of one on the Hugging Face hub. Its quality for repairs has not been measured here.

    `place` is PUBLISHER/NAME, with /FILE behind it where a repository holds several. `licence` is that of the
    code and the weights; `data` says what they learned from, and on what terms that was given. `sha256` is
    that of the weights as published, or "" where it is not known: then it is noted at the first download.
    """

    place: str
    shows: str  # marked for translation
    licence: str
    data: str  # marked for translation
    size_mb: int
    sha256: str = ""


PUBLIC_PRIORS = (
    PublicPrior(
        "deepinv/drunet/drunet_color.pth",
        N_("Photographs of all kinds; removes noise up to a level of 50"),
        "MIT",
        N_("DIV2K, Flickr2K, Waterloo Exploration and BSD photographs, released for research"),
        131,
        "479abe3c5327dfd10ff54a80ec7d4098ca80752a5c9492cdff31cee430bec4b4",
    ),
    PublicPrior(
        "deepinv/diffunet/diffusion_ffhq_10m.pt",
        N_("Faces, 256 pixels, of all ages and backgrounds"),
        "MIT",
        N_("FFHQ, portraits from Flickr, CC BY-NC-SA 4.0: not for commercial use"),
        374,
        "81d535743156ec6be34d8668e6920da94f0614074d7793a16c8fa9e306237faa",
    ),
    PublicPrior(
        "deepinv/diffunet/diffusion_openai.pt",
        N_("Things and animals of every kind, 256 pixels; large and slow"),
        "MIT",
        N_("ImageNet, pictures from the web, released for non-commercial research"),
        2211,
        "a37c32fffd316cd494cf3f35b339936debdc1576dad13fe57c42399a5dbc78b1",
    ),
    PublicPrior(
        "google/ddpm-ema-celebahq-256",
        N_("Faces, 256 pixels"),
        "Apache-2.0",
        N_("CelebA-HQ, photographs of well-known people, released for non-commercial research"),
        455,
    ),
    PublicPrior(
        "google/ddpm-ema-church-256",
        N_("Churches, 256 pixels"),
        "Apache-2.0",
        N_("LSUN, pictures from the web, whose terms are not stated"),
        455,
    ),
)
