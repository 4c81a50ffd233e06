package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const kubeconfigText = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: first, cluster: {server: "https://first.example:6443"}}
- {name: second, cluster: {server: "https://second.example:6443"}}
contexts:
- {name: one, context: {cluster: first, user: u, namespace: from-context}}
- {name: two, context: {cluster: second, user: u}}
users:
- {name: u, user: {}}
`

func kubeconfigFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAKubeconfigIsAPathOrItsText(t *testing.T) {
	for name, kubeconfig := range map[string]string{"path": kubeconfigFile(t, kubeconfigText), "text": kubeconfigText} {
		chosen := newSettings(map[string]string{"kubeconfig": kubeconfig, "context": "two"})
		if cluster := chosen.activeCluster(chosen.raw()); cluster == nil || cluster.Server != "https://second.example:6443" {
			t.Errorf("by %s, the cluster is %v", name, cluster)
		}
		chosen = newSettings(map[string]string{"kubeconfig": kubeconfig, "cluster": "second"})
		if cluster := chosen.activeCluster(chosen.raw()); cluster == nil || cluster.Server != "https://second.example:6443" {
			t.Errorf("by %s and the cluster's name, the cluster is %v", name, cluster)
		}
	}
}

func TestPathsInAKubeconfigAreTakenAsTheyAre(t *testing.T) {
	written := strings.ReplaceAll(kubeconfigText, `6443"}}`, `6443", certificate-authority: ca.crt}}`)
	chosen := newSettings(map[string]string{"kubeconfig": kubeconfigFile(t, written)})
	if cluster := chosen.activeCluster(chosen.raw()); cluster == nil || cluster.CertificateAuthority != "ca.crt" {
		t.Errorf("the cluster is %v", cluster)
	}
}

func TestTheNamespaceIsTheProvidersOrTheContextsOrDefault(t *testing.T) {
	cases := map[string]map[string]string{
		"given":        {"kubeconfig": kubeconfigText, "namespace": "given"},
		"from-context": {"kubeconfig": kubeconfigText},
		"default":      {"kubeconfig": kubeconfigText, "context": "two"},
	}
	for want, arguments := range cases {
		if got := newSettings(arguments).namespace; got != want {
			t.Errorf("the namespace is %q, want %q", got, want)
		}
	}
}

func TestArgumentsComeAsStrings(t *testing.T) {
	s := newServer(context.Background(), &recorder{})
	_, err := s.Configure(context.Background(), &pulumirpc.ConfigureRequest{Variables: map[string]string{
		"kubernetes:config:enableSecretMutable": "true", "kubernetes:config:namespace": "ns",
	}})
	if err != nil || !s.settings.mutableSecrets || s.settings.namespace != "ns" {
		t.Errorf("the settings are %+v (%v)", s.settings, err)
	}
}

func TestArgumentsThatAskForWhatTheLabsPluginLacksAreRefused(t *testing.T) {
	configured := func(arguments map[string]string) error {
		variables := map[string]string{}
		for name, value := range arguments {
			variables["kubernetes:config:"+name] = value
		}
		s := newServer(context.Background(), &recorder{})
		_, err := s.Configure(context.Background(), &pulumirpc.ConfigureRequest{Variables: variables})
		return err
	}
	for name, value := range map[string]string{
		"alwaysRender": "true", "deleteUnreachable": "true", "enablePatchForce": "true",
		"enableServerSideApply": "false", "rejectUnknownResources": "true", "renderYamlToDirectory": "out",
		"skipUpdateUnreachable": "true", "strictMode": "true", "upsertExistingObjects": "true",
	} {
		err := configured(map[string]string{name: value})
		if err == nil {
			t.Fatalf("%s is taken", name)
		}
		mustContain(t, err.Error(), name+` ("`+value+`")`, "official plugin")
	}
	err := configured(map[string]string{"renderYamlToDirectory": "out", "enablePatchForce": "true"})
	if err == nil {
		t.Fatal("both are taken")
	}
	mustContain(t, err.Error(), `enablePatchForce ("true"), renderYamlToDirectory ("out")`)
	if err := configured(map[string]string{
		"alwaysRender": "false", "deleteUnreachable": "false", "enablePatchForce": "false",
		"enableServerSideApply": "true", "renderYamlToDirectory": "", "skipUpdateUnreachable": "false",
		"upsertExistingObjects": "null", "suppressDeprecationWarnings": "true", "suppressHelmHookWarnings": "true",
		"kubeClientSettings": `{"burst":120}`, "helmReleaseSettings": `{"driver":"secret"}`, "enableSecretMutable": "true",
	}); err != nil {
		t.Errorf("what changes nothing is refused: %v", err)
	}
}

func TestAClusterThatCannotBeReachedIsNamed(t *testing.T) {
	there, missing := kubeconfigFile(t, kubeconfigText), filepath.Join(t.TempDir(), "missing")
	cases := map[string]struct {
		arguments map[string]string
		parts     []string
	}{
		"missing file": {map[string]string{"kubeconfig": missing}, []string{missing, "neither one file nor"}},
		"two files": {
			map[string]string{"kubeconfig": there + string(os.PathListSeparator) + missing},
			[]string{there, missing, "neither one file nor"},
		},
		"wrong context": {
			map[string]string{"kubeconfig": kubeconfigText, "context": "three"}, []string{`context "three"`, "does not exist"},
		},
		"wrong text": {map[string]string{"kubeconfig": "{{"}, []string{"neither one file nor"}},
		"refused": {
			map[string]string{"kubeconfig": strings.ReplaceAll(kubeconfigText, "first.example:6443", "127.0.0.1:1")},
			[]string{`context "one"`, "server https://127.0.0.1:1", "connection refused"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newServer(context.Background(), &recorder{})
			s.configure(newSettings(c.arguments))
			_, err := s.connect()
			if err == nil {
				t.Fatal("it was reached")
			}
			mustContain(t, err.Error(), append(c.parts, "configured Kubernetes cluster is unreachable")...)
		})
	}
}

func TestProviderArgumentsReplaceOnlyForAnotherCluster(t *testing.T) {
	text := func(value string) resource.PropertyValue { return resource.NewProperty(value) }
	one := kubeconfigFile(t, kubeconfigText)
	copied := kubeconfigFile(t, kubeconfigText)
	moved := kubeconfigFile(t, strings.ReplaceAll(kubeconfigText, "first.example", "moved.example"))
	cases := []struct {
		name       string
		olds, news resource.PropertyMap
		replaces   string
	}{
		{"nothing", resource.PropertyMap{"kubeconfig": text(one)}, resource.PropertyMap{"kubeconfig": text(one)}, ""},
		{
			"a file's place",
			resource.PropertyMap{"kubeconfig": text(one)}, resource.PropertyMap{"kubeconfig": text(copied)}, "",
		},
		{
			"the cluster's address",
			resource.PropertyMap{"kubeconfig": text(one)}, resource.PropertyMap{"kubeconfig": text(moved)}, "kubeconfig",
		},
		{
			"the context",
			resource.PropertyMap{"kubeconfig": text(one)},
			resource.PropertyMap{"kubeconfig": text(one), "context": text("two")}, "context",
		},
		{
			"the address, under the same identifier",
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("a")},
			resource.PropertyMap{"kubeconfig": text(moved), "clusterIdentifier": text("a")}, "",
		},
		{
			"the identifier",
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("a")},
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("b")}, "clusterIdentifier",
		},
		{
			"the identifier is new",
			resource.PropertyMap{"kubeconfig": text(one)},
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("b")}, "",
		},
		{
			"the kubeconfig is not known yet",
			resource.PropertyMap{"kubeconfig": text(one)},
			resource.PropertyMap{"kubeconfig": resource.MakeComputed(text(""))}, "kubeconfig",
		},
		{
			"a file that is not here",
			resource.PropertyMap{"kubeconfig": text("/elsewhere")}, resource.PropertyMap{"kubeconfig": text(one)}, "",
		},
		{
			"the identifier, with a file that was elsewhere",
			resource.PropertyMap{"kubeconfig": text("/elsewhere"), "clusterIdentifier": text("a")},
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("b")}, "",
		},
		{
			"the identifier, with a file that is not here",
			resource.PropertyMap{"kubeconfig": text(one), "clusterIdentifier": text("a")},
			resource.PropertyMap{"kubeconfig": text("/elsewhere"), "clusterIdentifier": text("b")}, "",
		},
		{"the context alone", resource.PropertyMap{"context": text("one")}, resource.PropertyMap{"context": text("two")}, ""},
	}
	// What is nobody's argument is in force where no kubeconfig is given, and says nothing of the cluster of last time.
	t.Setenv("KUBECONFIG", one)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(diffConfig(c.olds, c.news).GetReplaces(), " "); got != c.replaces {
				t.Errorf("it replaces by %q, want %q", got, c.replaces)
			}
		})
	}
}
