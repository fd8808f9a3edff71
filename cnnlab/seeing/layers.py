"""The activations of any layer of any net, read by forward hooks: (N, C, H, W) or (N, units)."""

import difflib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.nets.convnet import ConvNet
from cnnlab.seeing.checks import check_readable, mixes_images
from cnnlab.training.batches import to_tensor

OUTPUT = ""  # the name of the whole net in `named_modules`: what it answers
Images = np.ndarray | Tensor
Preprocess = Callable[[Tensor], Tensor]


def activations(
    net: nn.Module,
    images: Images,
    layers: str | Iterable[str],
    *,
    preprocess: Preprocess | None = None,
    batch: int = 64,
) -> dict[str, Tensor]:
    """Activations of the named layers of any net: (N, C, H, W) or (N, units), by name.

    `images` are normalised float tensors (N, 3, H, W); or, with `preprocess` (for instance
    torchvision's `weights.transforms()`), uint8 arrays (N, H, W, 3) or (N, 3, H, W). A layer of
    ours has Caffe's name or that of a paper ("layer5", "fc-6"), one of another net its path in
    `named_modules`. The net is read in evaluation mode, on its device, in its precision; net and
    images stay as they are. Raises ValueError for a layer that does not exist, is not called once
    or gives no tensor of the images, and for images of another kind than the net takes.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, kernel_size=3), nn.ReLU(inplace=True))
        >>> values = activations(net, torch.randn(2, 3, 8, 6), ["0", "1"])
        >>> values["0"].shape, bool((values["0"] < 0).any()), bool((values["1"] < 0).any())
        (torch.Size([2, 4, 6, 4]), True, False)
    """
    with LayerReader(net, layers, preprocess) as read:
        parts = [read(part) for _, part in batches(images, batch)]
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


class LayerReader:
    """What `activations` gives, batch by batch: call it with images inside of a `with` block.

    Several threads may read at once. Layers are named and images checked as in `activations`.
    """

    def __init__(
        self, net: nn.Module, layers: str | Iterable[str], preprocess: Preprocess | None = None
    ):
        self.net, self.preprocess = net, preprocess
        names = [layers] if isinstance(layers, str) else list(layers)
        if not names:
            raise ValueError("no layer is named; give the names of the layers to read")
        self._local = threading.local()
        if isinstance(net, ConvNet):
            # the papers' order, which `forward` changes, and no further than needed
            paths = {name: "prob" if name == OUTPUT else net.resolve(name) for name in names}
            order = [*dict(net.layers.named_children()), "prob"]
            self._forward: nn.Module = net.layers[: 1 + max(order.index(p) for p in paths.values())]
            modules = dict(net.layers.named_children())
        else:
            self._forward = net
            modules = dict(net.named_modules(remove_duplicate=False))
            paths = {name: _known(name, modules, net) for name in names}
        self._modules = {name: modules.get(path, net) for name, path in paths.items()}
        self._probabilities = {n for n, p in paths.items() if p == "prob" and n != OUTPUT}
        check_readable(net)
        tensors = [*net.parameters(), *net.buffers()]
        self.device = tensors[0].device if tensors else torch.device("cpu")
        self.dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)

    def __enter__(self) -> "LayerReader":
        self._modes = [(module, module.training) for module in self.net.modules()]
        if any(training for _, training in self._modes):
            self.net.eval()
        read = {id(module): module for module in self._modules.values() if module is not self.net}
        mixing = filter(mixes_images, self.net.modules())
        self._hooks = [module.register_forward_hook(self._mixed) for module in mixing]
        self._hooks += [module.register_forward_hook(self._keep) for module in read.values()]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()
        for module, training in self._modes:
            module.training = training

    @torch.no_grad()
    def __call__(self, images: Images) -> dict[str, Tensor]:
        """The layers' activations of one batch, by name as given; OUTPUT is the net's answer."""
        x = self.inputs(images)
        self._local.outputs, self._local.mixed = defaultdict(list), False
        try:
            output = self._forward(x)
            if self.net in self._modules.values():
                self._keep(self.net, None, output)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            reason = str(error).split("\n")[0].rstrip(".")
            raise ValueError(
                f"{type(self.net).__name__} cannot read images {tuple(x.shape)}: {reason}; give "
                "images of the size and the channels it was made for"
            ) from error
        finally:
            outputs, self._local.outputs = self._local.outputs, None
        values = {
            name: _one(name, outputs[module], len(x)) for name, module in self._modules.items()
        }
        return {
            name: value.float().softmax(dim=1) if name in self._probabilities else value
            for name, value in values.items()
        }

    def _keep(self, module: nn.Module, _: Any, output: Any) -> None:
        outputs = getattr(self._local, "outputs", None)
        if outputs is None:  # another thread's forward pass
            return
        if self._local.mixed:
            raise ValueError(
                "a BatchNorm without running statistics lets what this layer gives an image depend "
                "on the others of its batch; name a layer below it, or train the net with "
                "track_running_stats=True"
            )
        # a copy, since the next layer may work in place; none of ours does
        copied = isinstance(output, Tensor) and not isinstance(self.net, ConvNet)
        outputs[module].append(output.clone() if copied else output)

    def _mixed(self, *_: object) -> None:
        self._local.mixed = True

    def inputs(self, images: Images) -> Tensor:
        """Images as the net reads them, a copy where it may work in place; refused if unfit."""
        if self.preprocess is not None:
            x = self.preprocess(channels_first(images).clone())  # which may work in place
            if not isinstance(x, Tensor):
                raise ValueError(f"preprocess gives a {type(x).__name__}; it must give a tensor")
        elif not isinstance(images, Tensor):
            raise ValueError(
                f"images are a {type(images).__name__}; give normalised float tensors "
                "(N, 3, H, W), or uint8 arrays with preprocess="
            )
        else:
            x = images
        if not x.is_floating_point():
            raise ValueError(
                f"images are {_name(x.dtype)}; normalise them as the net's training did, or give "
                "preprocess="
            )
        if x.dtype == torch.float64 != self.dtype:
            raise ValueError("images are float64; give float32: images.float()")
        if x.dim() != 4:
            raise ValueError(f"images are (N, 3, H, W), not {tuple(x.shape)}")
        if x.shape[1] > 4 and x.shape[3] == 3:
            raise ValueError(f"images {tuple(x.shape)} have the colours last; permute(0, 3, 1, 2)")
        if isinstance(self.net, ConvNet):
            low, high = (float(v) for v in x.aminmax())
            if low >= 0 and 0 < high <= 1:
                raise ValueError(
                    "images lie in [0, 1]; this net reads pixels from 0 to 255 minus their mean"
                )
            return x.to(self.device, self.dtype)
        return x.to(self.device, self.dtype, copy=True)  # the first layer may work in place


def batches(images: Images, size: int) -> Iterator[tuple[int, Images]]:
    """The number of each batch's first image, and its images; raises ValueError for no images."""
    if not len(images):
        raise ValueError("there are no images to look at")
    for start in range(0, len(images), size):
        yield start, images[start : start + size]


def channels_first(images: Images) -> Tensor:
    """uint8 images (N, H, W, 3) or (N, 3, H, W) as a tensor (N, 3, H, W), over the same memory."""
    if not isinstance(images, Tensor):
        images = to_tensor(images)
    if images.dtype != torch.uint8:
        raise ValueError(
            f"images to preprocess are uint8, 0 to 255, not {_name(images.dtype)}; give them as "
            "uint8, or normalised without preprocess="
        )
    if images.dim() == 4 and images.shape[1] == 3:
        return images
    if images.dim() == 4 and images.shape[3] == 3:
        return images.permute(0, 3, 1, 2)
    raise ValueError(f"images are (N, H, W, 3) or (N, 3, H, W), not {tuple(images.shape)}")


def _known(name: str, modules: dict[str, nn.Module], net: nn.Module) -> str:
    if name in modules:
        return name
    near = difflib.get_close_matches(name, filter(None, modules), n=5, cutoff=0)
    raise ValueError(
        f"{type(net).__name__} has no layer {name!r}; the nearest names are {', '.join(near)}"
    )


def _one(name: str, outputs: list[Any], images: int) -> Tensor:
    name = name or "the net"
    if not outputs:
        raise ValueError(f"the forward pass never calls {name}; name a layer that it calls")
    if len(outputs) > 1:
        raise ValueError(
            f"the forward pass calls {name} {len(outputs)} times; name a layer that it calls once, "
            "such as the block around it"
        )
    value = outputs[0]
    if not isinstance(value, Tensor):
        raise ValueError(
            f"{name} gives a {type(value).__name__}, not one tensor; name a layer after it"
        )
    if value.dim() == 0 or value.shape[0] != images:
        raise ValueError(
            f"{name} gives {tuple(value.shape)} for {images} images; only layers whose first axis "
            "is the images can be read"
        )
    return value


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
