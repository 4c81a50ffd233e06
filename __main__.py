"""The program: settings, then the cluster, then sites and probes, then outputs."""

# ruff: noqa: E402 (what comes first must come before the imports)
import asyncio
import gc
from collections.abc import Mapping

# A program makes next to no garbage and is over soon; looking for some takes two fifths of its time.
gc.disable()

import pulumi

import cluster
import sdk_costs
import settings
from components import CurlProbe, ProbeScript, ProbeScriptArgs, SecureNginx, probe_pod_labels
from outputs import outside, site_outputs, stack_outputs
from site_settings import probe_name
from verification import probe_args


async def main() -> Mapping[str, object]:
    """Declare everything the current stack holds, and return its outputs."""
    try:
        with sdk_costs.spared():
            return await declared()
    except ValueError as error:
        # A component has refused its arguments; it names them, and where they stand here does not matter.
        raise pulumi.RunError(str(error)) from error


async def declared() -> Mapping[str, object]:
    """Declare cluster, sites and probes."""
    loaded = settings.read()
    provider = cluster.provider(loaded.stack)
    namespace = cluster.namespace(loaded.stack, pulumi.ResourceOptions(provider=provider))
    outputs = {}
    script = None
    for name, site in loaded.sites.items():
        args = site.component_args(namespace, probe_pod_labels(probe_name(name)))
        nginx = SecureNginx(name, args, pulumi.ResourceOptions(providers=[provider]))
        if site.unproven:
            pulumi.log.warn(f"no update proves the site {name}: {site.unproven}", nginx)
        probe = None
        if site.judge is not None:
            script = script or ProbeScript(
                "probe-script", ProbeScriptArgs(namespace=namespace), pulumi.ResourceOptions(providers=[provider])
            )
            probe = CurlProbe(
                probe_name(name),
                probe_args(nginx, site, site.judge, script.config_map),
                pulumi.ResourceOptions(providers=[provider], depends_on=[nginx]),
            )
        outputs[name] = site_outputs(nginx, probe, outside(loaded.stack, site))
        # What is declared by now goes to the engine while the next site is declared.
        await asyncio.sleep(0)
    return stack_outputs(outputs, single=loaded.single)


pulumi.run(main)
