"""The U-Net of the built-in priors as a model of diffusers, which reads and writes folders of it."""

from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin

from daps_desktop.networks.architectures.norm_free_layers import NormFreeLayers


class NormFreeUNet(NormFreeLayers, ModelMixin, ConfigMixin):
    """F(x, level) with `from_pretrained` and `save_pretrained`; for the rest see NormFreeLayers."""

    @register_to_config
    def __init__(
        self,
        widths: tuple[int, ...] = (16, 32, 64, 128),
        blocks: int = 4,
        embedding: int = 64,
        in_channels: int = 3,
        out_channels: int = 3,
    ) -> None:
        super().__init__(widths, blocks, embedding, in_channels, out_channels)
