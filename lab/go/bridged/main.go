// Command bridged is pulumi-resource-tls and pulumi-resource-random in one binary: HashiCorp's providers behind
// Pulumi's own Terraform bridge. The name by which it is called chooses the provider.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	tls "github.com/hashicorp/terraform-provider-tls/shim"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	random "github.com/terraform-providers/terraform-provider-random/shim"
)

// Set by the linker to the versions of the Python SDKs that the project pins.
var (
	tlsVersion    = "0.0.0-dev"
	randomVersion = "0.0.0-dev"
)

// bridged is what tells one provider from the other.
type bridged struct {
	version string
	// typePrefix comes before every resource's name in Pulumi: random.RandomId, but tls.PrivateKey.
	typePrefix string
	provider   func() provider.Provider
}

func main() {
	known := map[string]bridged{
		"tls":    {version: tlsVersion, provider: tls.New},
		"random": {version: randomVersion, typePrefix: "Random", provider: random.New},
	}
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "pulumi-resource-")
	chosen, ok := known[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "bridged: call it as pulumi-resource-tls or pulumi-resource-random")
		os.Exit(2)
	}
	if err := serve(context.Background(), name, chosen); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %v\n", name, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, name string, chosen bridged) error {
	info := bridge.ProviderInfo{
		P:                              tfbridge.ShimProvider(chosen.provider()),
		Name:                           name,
		Version:                        chosen.version,
		MetadataInfo:                   bridge.NewProviderMetadata([]byte("{}")),
		EnableAccurateBridgePreview:    true,
		EnableZeroDefaultSchemaVersion: true,
	}
	token := func(module, member string) (string, error) {
		return tokens.MakeStandard(name)(module, chosen.typePrefix+member)
	}
	if err := info.ComputeTokens(tokens.SingleModule(name+"_", "index", token)); err != nil {
		return fmt.Errorf("name the resources: %w", err)
	}
	silent := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	schema, err := tfgen.GenerateSchema(ctx, tfgen.GenerateSchemaOptions{ProviderInfo: info, DiagnosticsSink: silent})
	if err != nil {
		return fmt.Errorf("derive the schema: %w", err)
	}
	tfbridge.Main(ctx, name, info, schema.ProviderMetadata)
	return nil
}
