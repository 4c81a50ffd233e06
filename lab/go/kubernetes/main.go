// Command pulumi-resource-kubernetes is the lab's own Kubernetes plugin for Pulumi. It stands in where the official one
// cannot be had, and does what the official one does as far as the project's programs and tests need it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/klog/v2"
)

// Set by the linker to the version of the Python SDK that the project pins.
var version = "0.0.0-dev"

func main() {
	// What client-go logs on its own is no use to who runs Pulumi: errors come back as errors.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	serve := func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return newServer(ctx, host), nil
	}
	if err := provider.MainContext(ctx, "kubernetes", serve); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-kubernetes: %v\n", err)
		os.Exit(1)
	}
}
