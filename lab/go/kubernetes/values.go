package main

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

// decode reads properties as they come over the wire, with their secrets and unknowns; nulls are left out.
func decode(properties *structpb.Struct) (resource.PropertyMap, error) {
	decoded, err := plugin.UnmarshalProperties(properties, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, SkipNulls: true,
	})
	if err != nil {
		return nil, fmt.Errorf("read the properties: %w", err)
	}
	return decoded, nil
}

// encode writes properties for the wire, with their secrets and unknowns.
func encode(properties resource.PropertyMap) (*structpb.Struct, error) {
	encoded, err := plugin.MarshalProperties(properties, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true,
	})
	if err != nil {
		return nil, fmt.Errorf("write the properties: %w", err)
	}
	return encoded, nil
}

func firstStruct(candidates ...*structpb.Struct) *structpb.Struct {
	for _, candidate := range candidates {
		if candidate != nil {
			return candidate
		}
	}
	return nil
}

// plain returns properties as Kubernetes writes them. Secrets lose their mark: what this returns goes to the API server
// and nowhere else. The SDK's languages cannot write x-kubernetes-* with dashes, so they come with underscores.
func plain(properties resource.PropertyMap) map[string]any {
	return properties.MapRepl(dashed, unwrapped)
}

// fromPlain is plain's inverse, as far as keys go.
func fromPlain(object map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMapRepl(object, underscored, nil)
}

// withoutSecrets returns the same properties without the mark of secrets, so that they can be compared.
func withoutSecrets(properties resource.PropertyMap) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(properties.MapRepl(nil, unwrapped))
}

func unwrapped(value resource.PropertyValue) (any, bool) {
	if !value.IsSecret() {
		return nil, false
	}
	return value.SecretValue().Element.MapRepl(nil, unwrapped), true
}

const (
	extensionWithDashes      = "x-kubernetes-"
	extensionWithUnderscores = "x_kubernetes_"
)

func dashed(key string) (string, bool) {
	return strings.ReplaceAll(key, "_", "-"), strings.HasPrefix(key, extensionWithUnderscores)
}

func underscored(key string) (resource.PropertyKey, bool) {
	return resource.PropertyKey(strings.ReplaceAll(key, "-", "_")), strings.HasPrefix(key, extensionWithDashes)
}

// section returns the object under a key, made on demand. It is nil while its value is unknown.
func section(of resource.PropertyMap, key resource.PropertyKey) resource.PropertyMap {
	value := of[key]
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	switch {
	case value.IsObject():
		return value.ObjectValue()
	case value.IsNull():
		made := resource.PropertyMap{}
		of[key] = resource.NewProperty(made)
		return made
	}
	return nil
}

// text returns the string under a path of keys, or "" if there is none that is known.
func text(of resource.PropertyMap, path ...string) string {
	value := resource.NewProperty(of)
	for _, key := range path {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		if !value.IsObject() {
			return ""
		}
		value = value.ObjectValue()[resource.PropertyKey(key)]
	}
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	if !value.IsString() {
		return ""
	}
	return value.StringValue()
}

// parsePaths reads the names of properties.
func parsePaths(names []string) ([]resource.PropertyPath, error) {
	paths := make([]resource.PropertyPath, len(names))
	for i, name := range names {
		var err error
		if paths[i], err = resource.ParsePropertyPath(name); err != nil {
			return nil, err
		}
	}
	return paths, nil
}
