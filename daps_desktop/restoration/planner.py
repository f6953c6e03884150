"""From a job to its regions: the photo as the solver sees it, on this machine."""

from functools import partial

import torch

from daps_desktop.jobs.requests import JobRequest
from daps_desktop.networks.loader import Prior
from daps_desktop.networks.runtime.devices import tile_batch
from daps_desktop.restoration.cost import check_memory
from daps_desktop.restoration.plan import Planner, Sight, Tools
from daps_desktop.restoration.progress import Watch
from daps_desktop.restoration.regions import Region
from daps_desktop.solver.tensors import to_tensor


def plan_regions(
    job: JobRequest, prior: Prior, device: torch.device, sigma_y: float, watch: Watch
) -> tuple[Region, ...]:
    """The islands around the hole where nothing else is to change, or else the whole photo as one region.

    Raises: UserError where memory is short, or damages do not go together.
    """
    photo = job.photo
    sight = Sight(
        photo.height,
        photo.width,
        lambda rect: to_tensor(photo.pixels[rect.slices], device),
        sigma_y,
        job.hole,
        photo.jpeg,
        photo.pixels.shape[2] == 1,
        device,
    )
    tools = Tools(
        prior.denoiser,
        tile_batch(device),
        watch.check,
        lambda tile, batch: watch.notice("smaller_tiles", tile=tile, batch=batch),
        partial(watch.notice, "coarse_first"),
    )
    planner = Planner(job.task, job.settings, sight, tools)
    rects = planner.rects()
    check_memory([rect.pixels * job.task.scale**2 for rect in rects], device)
    return tuple(planner.region(rect) for rect in rects)
