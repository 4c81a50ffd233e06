"""What is not there yet is built, in the order in which it is needed."""

from lab import builds, engine, images
from lab.progress import Steps, say


def build_missing(more_steps: int, *, with_cluster: bool = True) -> Steps:
    """Build what is not there; say beforehand how long it will take.

    Args:
        more_steps: The steps that come after it, which are counted with these.
        with_cluster: Whether the cluster and its images are needed, or the engine alone.

    Returns:
        The count of the steps, for those that come after.

    Raises:
        LabError: Something could not be built.
    """
    wanted = [*engine.wanted(), *(builds.cluster() if with_cluster else [])]
    programs = builds.missing(wanted)
    # An image of the lab's own programs is made anew whenever those are.
    fresh = {program for build in programs for program in build.programs}
    stale = images.missing() if with_cluster else []
    pictures = [image for image in images.ALL if image in stale or fresh & set(image.programs)]
    steps = Steps(len(programs) + len(pictures) + more_steps)
    if minutes := sum(build.minutes for build in programs):
        say(f"Building from source, once: about {minutes + 1:.0f} minutes on two cores.")
        say("Interrupt it whenever you like: the next run goes on from there.")
    for build in programs:
        builds.build(build, steps)
    for image in pictures:
        images.build(image, steps)
    engine.install()
    return steps
