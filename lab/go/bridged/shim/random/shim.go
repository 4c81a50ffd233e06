// Package shim makes HashiCorp's random provider visible: its own package is internal, so that only a module whose path
// lies below the provider's may import it.
package shim

import (
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// New returns the provider.
func New() framework.Provider { return provider.New() }
