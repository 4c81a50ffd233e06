package main

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// answerWithin is how long the API server has for its first answer, as long as Go waits for a connection. For a
// preview, which needs no cluster, it has glanceWithin.
const (
	answerWithin = 30 * time.Second
	glanceWithin = 4 * time.Second
)

// cluster is an API server that has answered. Which kinds it has is asked once, and again when one seems missing.
type cluster struct {
	dynamic dynamic.Interface
	kinds   *restmapper.DeferredDiscoveryRESTMapper
}

func (s settings) connect(
	ctx context.Context, limit time.Duration, warnings rest.WarningHandlerWithContext,
) (*cluster, error) {
	loader, err := s.client()
	if err != nil {
		return nil, err
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, err
	}
	// The API server shares its time out by itself (priority and fairness); these are only a last bound.
	config.QPS, config.Burst = 200, 400
	config.UserAgent = "pulumi-resource-kubernetes/" + version
	config.WarningHandlerWithContext = warnings
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	kinds, err := discovery.NewDiscoveryClientForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	objects, err := dynamic.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	if err := kinds.RESTClient().Get().AbsPath("/version").Do(ctx).Error(); err != nil {
		return nil, err
	}
	return &cluster{
		dynamic: objects,
		kinds:   restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kinds)),
	}, nil
}

// at returns the place where objects of obj's kind and namespace are found. It takes away the namespace of an object
// whose kind has none.
func (c *cluster) at(obj *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := obj.GroupVersionKind()
	mapping, err := c.kinds.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		// The kind may be defined by an object that has just been created.
		c.kinds.Reset()
		mapping, err = c.kinds.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() != meta.RESTScopeNameNamespace {
		obj.SetNamespace("")
		return c.dynamic.Resource(mapping.Resource), nil
	}
	if obj.GetNamespace() == "" {
		obj.SetNamespace(metav1.NamespaceDefault)
	}
	return c.dynamic.Resource(mapping.Resource).Namespace(obj.GetNamespace()), nil
}

func (c *cluster) get(ctx context.Context, obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	place, err := c.at(obj)
	if err != nil {
		return nil, err
	}
	return place.Get(ctx, obj.GetName(), metav1.GetOptions{})
}

// list returns objects of a namespace, in no particular order.
func (c *cluster) list(
	ctx context.Context, kind schema.GroupVersionResource, namespace string, options metav1.ListOptions,
) ([]unstructured.Unstructured, error) {
	found, err := c.dynamic.Resource(kind).Namespace(namespace).List(ctx, options)
	if err != nil {
		return nil, err
	}
	return found.Items, nil
}

// urnKey is the context's key of the resource at work.
type urnKey struct{}

func withURN(ctx context.Context, urn string) context.Context {
	return context.WithValue(ctx, urnKey{}, resource.URN(urn))
}

func urnOf(ctx context.Context) resource.URN {
	urn, _ := ctx.Value(urnKey{}).(resource.URN)
	return urn
}

// warnings passes on what the API server warns of, such as fields it does not know, to the resource it is about.
type warnings struct{ host host }

// HandleWarningHeaderWithContext implements client-go's interface.
func (w warnings) HandleWarningHeaderWithContext(ctx context.Context, code int, _, text string) {
	const miscellaneous = 299
	if code == miscellaneous && text != "" {
		_ = w.host.Log(ctx, diag.Warning, urnOf(ctx), text)
	}
}
