package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// settings are the provider's arguments. An empty one leaves the choice to client-go: $KUBECONFIG, current context.
type settings struct {
	kubeconfig        string // path of a file, or its text
	context           string
	cluster           string
	namespace         string // of objects that name none
	clusterIdentifier string
	mutableConfigMaps bool
	mutableSecrets    bool
}

// newSettings reads the provider's arguments, of which the engine makes strings, whatever they were.
func newSettings(arguments map[string]string) settings {
	s := settings{
		kubeconfig:        arguments["kubeconfig"],
		context:           arguments["context"],
		cluster:           arguments["cluster"],
		namespace:         arguments["namespace"],
		clusterIdentifier: arguments["clusterIdentifier"],
		mutableConfigMaps: arguments["enableConfigMapMutable"] == "true",
		mutableSecrets:    arguments["enableSecretMutable"] == "true",
	}
	if client, err := s.client(); err == nil && s.namespace == "" {
		s.namespace, _, _ = client.Namespace()
	}
	s.namespace = firstOf(s.namespace, metav1.NamespaceDefault)
	return s
}

// settingsOf reads the provider's arguments from its properties.
func settingsOf(properties resource.PropertyMap) settings {
	arguments := map[string]string{}
	for name, value := range plain(properties) {
		if text, ok := value.(string); ok {
			arguments[name] = text
		} else if encoded, err := json.Marshal(value); err == nil {
			arguments[name] = string(encoded)
		}
	}
	return newSettings(arguments)
}

// client returns the kubeconfig with the arguments applied. Without the argument, nothing is read before it is asked.
func (s settings) client() (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{
		CurrentContext: s.context,
		Context:        clientcmdapi.Context{Cluster: s.cluster, Namespace: s.namespace},
	}
	if s.kubeconfig == "" {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
	}
	config, err := s.written()
	if err != nil {
		return nil, err
	}
	return clientcmd.NewDefaultClientConfig(*config, overrides), nil
}

// written returns what the kubeconfig argument holds: one file or, whatever it says otherwise, a text; paths in it are
// taken as they are. Without the argument, that is nothing.
func (s settings) written() (*clientcmdapi.Config, error) {
	if s.kubeconfig == "" {
		return clientcmdapi.NewConfig(), nil
	}
	written := []byte(s.kubeconfig)
	if path := expandHome(s.kubeconfig); isThere(path) {
		var err error
		if written, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	config, err := clientcmd.Load(written)
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig argument is neither one file nor the text of one: %w", err)
	}
	return config, nil
}

func (s settings) isText() bool {
	return strings.ContainsAny(s.kubeconfig, "\n{")
}

// raw returns the kubeconfig as it is written; an empty one if it cannot be read.
func (s settings) raw() clientcmdapi.Config {
	client, err := s.client()
	if err != nil {
		return clientcmdapi.Config{}
	}
	config, err := client.RawConfig()
	if err != nil {
		return clientcmdapi.Config{}
	}
	return config
}

// activeCluster returns the address and trust of the cluster that the settings choose of a kubeconfig, or nil if it has
// no such cluster.
func (s settings) activeCluster(config clientcmdapi.Config) *clientcmdapi.Cluster {
	chosen := config.Contexts[firstOf(s.context, config.CurrentContext)]
	if chosen == nil {
		return nil
	}
	return config.Clusters[firstOf(s.cluster, chosen.Cluster)]
}

// String names the cluster for messages: the context, the kubeconfig's path and the server's address.
func (s settings) String() string {
	name, config := "no context", s.raw()
	if chosen := firstOf(s.context, config.CurrentContext); chosen != "" {
		name = fmt.Sprintf("context %q", chosen)
	}
	if s.kubeconfig != "" && !s.isText() {
		name += fmt.Sprintf(" of kubeconfig %q", s.kubeconfig)
	}
	if cluster := s.activeCluster(config); cluster != nil {
		name += ", server " + cluster.Server
	}
	return name
}

func firstOf(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func expandHome(path string) string {
	rest, under := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !under || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
