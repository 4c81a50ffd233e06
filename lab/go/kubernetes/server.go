package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host is where messages for the user go: Pulumi's engine.
type host interface {
	Log(ctx context.Context, severity diag.Severity, urn resource.URN, text string) error
	LogStatus(ctx context.Context, severity diag.Severity, urn resource.URN, text string) error
}

// server answers the engine's calls. Calls it does not implement are not needed by up, preview, refresh or destroy.
type server struct {
	pulumirpc.UnimplementedResourceProviderServer
	host     host
	settings settings
	// connect reaches the cluster at its first call; every later call has the same answer. glance does so for what a
	// preview asks, and gives up soon.
	connect, glance func() (*cluster, error)
	warned          sync.Once
	// running ends when the engine cancels, and with it every wait.
	running context.Context
	cancel  context.CancelFunc
}

func newServer(ctx context.Context, host host) *server {
	s := &server{host: host}
	s.running, s.cancel = context.WithCancel(ctx)
	s.configure(settings{})
	return s
}

func (s *server) configure(chosen settings) {
	s.settings = chosen
	within := func(limit time.Duration) func() (*cluster, error) {
		return sync.OnceValues(func() (*cluster, error) {
			c, err := chosen.connect(s.running, limit, warnings{s.host})
			if err != nil {
				return nil, fmt.Errorf("configured Kubernetes cluster is unreachable: %s: %w", chosen, err)
			}
			return c, nil
		})
	}
	s.connect, s.glance = within(answerWithin), within(glanceWithin)
}

// reach returns the cluster for reading and deleting. If there is none, a warning has the reason and the error has not:
// so it is with the official plugin.
func (s *server) reach(ctx context.Context, verb string) (*cluster, error) {
	c, err := s.connect()
	if err != nil {
		_ = s.host.Log(ctx, diag.Warning, urnOf(ctx), err.Error())
		return nil, fmt.Errorf("%s: the cluster is unreachable", verb)
	}
	return c, nil
}

// Handshake negotiates what the two sides understand.
func (s *server) Handshake(
	context.Context, *pulumirpc.ProviderHandshakeRequest,
) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

// GetPluginInfo returns the plugin's version.
func (s *server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version}, nil
}

// Configure takes the provider's arguments, and refuses those that would be disregarded. It never fails on a cluster
// that cannot be reached: a preview needs none.
func (s *server) Configure(
	_ context.Context, req *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	arguments := map[string]string{}
	for name, value := range req.GetVariables() {
		arguments[strings.TrimPrefix(name, "kubernetes:config:")] = value
	}
	if err := refuseUnsupported(arguments); err != nil {
		return nil, err
	}
	s.configure(newSettings(arguments))
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// Cancel ends every wait. What was created or changed until then comes back as partly done, so that the state has it.
func (s *server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	s.cancel()
	return &emptypb.Empty{}, nil
}

// during returns the context of one operation: it ends with the call or the engine's cancellation. How long the
// operation waits for its object has a limit of its own, which begins when the API server has taken the change.
func (s *server) during(ctx context.Context, urn string) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(withURN(ctx, urn))
	unhook := context.AfterFunc(s.running, stop)
	return ctx, func() { unhook(); stop() }
}

// timeLimit returns how long an object is waited for: the resource option custom_timeouts, or the annotation if it is a
// whole number, or 10 min.
func timeLimit(seconds float64, inputs resource.PropertyMap) time.Duration {
	if seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	if limit, err := strconv.Atoi(annotation(inputs, timeoutSeconds)); err == nil {
		return time.Duration(limit) * time.Second
	}
	return 10 * time.Minute
}
