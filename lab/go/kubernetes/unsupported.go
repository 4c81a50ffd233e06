package main

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
)

// unsupported are the flags among the provider's arguments that the lab's plugin lacks. All are off unless they are
// set.
var unsupported = sets.New(
	"alwaysRender", "deleteUnreachable", "enablePatchForce", "rejectUnknownResources", "skipUpdateUnreachable",
	"strictMode", "upsertExistingObjects",
)

// refuseUnsupported returns an error that names the arguments that ask for something that the lab's plugin cannot do.
// Those that concern only Helm, the pace of requests and suppressed warnings make no difference, and pass.
func refuseUnsupported(arguments map[string]string) error {
	var refused []string
	for name, value := range arguments {
		if asksForMore(name, value) {
			refused = append(refused, fmt.Sprintf("%s (%q)", name, value))
		}
	}
	if len(refused) == 0 {
		return nil
	}
	slices.Sort(refused)
	return fmt.Errorf("the lab's Kubernetes plugin cannot do what these arguments of its provider say: %s. "+
		"Leave them out, and the environment variables PULUMI_K8S_… that set them, or use the official plugin",
		strings.Join(refused, ", "))
}

func asksForMore(name, value string) bool {
	switch name {
	case "enableServerSideApply":
		return value != "true"
	case "renderYamlToDirectory":
		return value != ""
	}
	return unsupported.Has(name) && value == "true"
}
