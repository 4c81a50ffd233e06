"""What a program can build on that knows a stack of this project by its name alone."""

import pulumi

for name in pulumi.Config().require_object("stacks"):
    site = pulumi.StackReference(f"organization/secure-nginx/{name}")
    pulumi.export(
        name,
        {
            "origin": site.require_output("urls").apply(lambda urls: urls[0]),
            "port": site.require_output("ports").apply(lambda ports: int(ports["https"])),
            "verified": site.require_output("probe").apply(lambda verdict: verdict == "verified"),
            "authority": site.get_output("caCertificate"),
            "renewAfter": site.get_output("certificate").apply(lambda facts: facts and facts["renewAfter"]),
        },
    )
