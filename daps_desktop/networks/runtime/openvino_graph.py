"""A torch module as a graph of OpenVINO, operation by operation.

Written here, as OpenVINO's own converter needs `torch.jit.trace`, which torch gives up, takes seconds, and
sends word of its use to its makers. Networks of convolutions need twenty operations.
"""

import operator
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn
from torch.fx.proxy import TraceError

from daps_desktop.networks.runtime.openvino_library import import_openvino

ov = import_openvino()
op = ov.opset13


def to_model(module: nn.Module, channels: int) -> Any:
    """F(x, level), x (B, channels, H, W) and level (B,) of any size, with the weights of `module` in float32.

    Where the whole is to be calculated in bfloat16, the ends and what becomes of the level stay in float32:
    rounded there it would cost up to 0.04 dB, and they take no time.
    Raises: NotImplementedError for a module that is more than a chain of known operations.
    """
    x = op.parameter([-1, channels, -1, -1], np.float32, name="x")
    level = op.parameter([-1], np.float32, name="level")
    try:
        result = _Translator(fx.symbolic_trace(module)).run(x, level)
    except TraceError as error:
        raise NotImplementedError(f"{type(module).__name__} decides by what it is given") from error
    return _marked(ov.Model([op.result(result)], [x, level]))


def _marked(model: Any) -> Any:
    """The model with its delicate operations marked, which OpenVINO offers in its files alone."""
    names = _delicate(model)
    with tempfile.TemporaryDirectory() as folder:
        text, weights = Path(folder) / "model.xml", Path(folder) / "model.bin"
        ov.serialize(model, text, weights)
        tree = ElementTree.parse(text)
        for layer in tree.iter("layer"):
            if layer.get("name") in names:
                mark = ElementTree.Element("rt_info")
                mark.append(ElementTree.Element("attribute", name="precise", version="0"))
                layer.insert(0, mark)
        return ov.Core().read_model(ElementTree.tostring(tree.getroot()), weights.read_bytes())


def _delicate(model: Any) -> set[str]:
    """The first and the last convolution, and all that follows from the level without the picture."""
    operations = model.get_ordered_ops()
    convolutions = [each for each in operations if each.get_type_name() == "Convolution"]
    names = {convolutions[0].get_friendly_name(), convolutions[-1].get_friendly_name()}
    of_level = {model.inputs[1].get_node().get_friendly_name()}
    of_picture = {model.inputs[0].get_node().get_friendly_name()}
    for each in operations:
        sources = {entry.get_source_output().get_node().get_friendly_name() for entry in each.inputs()}
        if sources & of_picture:
            of_picture.add(each.get_friendly_name())
        elif sources & of_level:
            of_level.add(each.get_friendly_name())
    return names | of_level


class _Translator(fx.Interpreter):
    """Runs a traced module on nodes of OpenVINO in the place of tensors."""

    def get_attr(self, target: Any, args: Any, kwargs: Any) -> Any:
        return _constant(self.fetch_attr(target))

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        module = self.fetch_attr(target)
        return _known(_MODULES, type(module))(module, *args)

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        return _known(_FUNCTIONS, target)(*args, **kwargs)

    def call_method(self, target: Any, args: Any, kwargs: Any) -> Any:
        return _known(_METHODS, target)(*args, **kwargs)


def _known(table: Mapping[Any, Callable[..., Any]], operation: Any) -> Callable[..., Any]:
    if operation not in table:
        raise NotImplementedError(f"it holds {operation}, which is not translated")
    return table[operation]


def _constant(value: Any) -> Any:
    if isinstance(value, Tensor):
        return op.constant(value.detach().float().cpu().numpy())
    return op.constant(np.float32(value)) if isinstance(value, int | float) else value


def _binary(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: function(_constant(a), _constant(b))


def _convolution(module: nn.Conv2d, x: Any) -> Any:
    if module.groups != 1 or module.padding_mode != "zeros" or isinstance(module.padding, str):
        raise NotImplementedError(f"it holds {module}, which is not translated")
    pads = list(module.padding)
    out = op.convolution(x, _constant(module.weight), list(module.stride), pads, pads, list(module.dilation))
    return _biased(module, out, (1, -1, 1, 1))


def _transposed(module: nn.ConvTranspose2d, x: Any) -> Any:
    if module.groups != 1 or any(module.output_padding) or any(module.padding):
        raise NotImplementedError(f"it holds {module}, which is not translated")
    out = op.convolution_backprop_data(x, _constant(module.weight), list(module.stride))
    return _biased(module, out, (1, -1, 1, 1))


def _linear(module: nn.Linear, x: Any) -> Any:
    return _biased(module, op.matmul(x, _constant(module.weight), False, True), (1, -1))


def _biased(module: Any, out: Any, shape: tuple[int, ...]) -> Any:
    return out if module.bias is None else op.add(out, _constant(module.bias.reshape(shape)))


def _indexed(x: Any, index: tuple[Any, ...]) -> Any:
    """x[index]: spans from the front, or all of every axis with new axes behind."""
    if None in index:
        # Not `unsqueeze`, which would lose its mark on the way to a reshape; 0 is an axis as it was.
        return op.reshape(x, op.constant([1 if part is None else 0 for part in index]), special_zero=True)
    for axis, part in enumerate(index):
        if part != slice(None):
            bounds = (op.constant([value]) for value in (part.start or 0, part.stop, part.step or 1))
            x = op.slice(x, *bounds, axes=op.constant([axis]))
    return x


_MODULES: dict[type[nn.Module], Callable[..., Any]] = {
    nn.Conv2d: _convolution,
    nn.ConvTranspose2d: _transposed,
    nn.Linear: _linear,
    nn.ReLU: lambda module, x: op.relu(x),
}
_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    F.relu: lambda x, inplace=False: op.relu(x),
    F.silu: lambda x, inplace=False: op.swish(x),
    operator.add: _binary(op.add),
    operator.mul: _binary(op.multiply),
    operator.getitem: _indexed,
    getattr: lambda x, name: None,  # the dtype; here all are float32
    torch.cat: lambda parts, dim=0: op.concat(list(parts), dim),
    torch.zeros_like: lambda x: op.multiply(x, _constant(0.0)),
}
_METHODS: dict[str, Callable[..., Any]] = {
    "sin": op.sin,
    "cos": op.cos,
    "to": lambda x, *kinds: x,
}
