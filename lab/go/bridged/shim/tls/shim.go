// Package shim makes HashiCorp's tls provider visible: its own package is internal, so that only a module whose path
// lies below the provider's may import it.
package shim

import (
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-provider-tls/internal/provider"
)

// New returns the provider.
func New() framework.Provider { return provider.New() }
