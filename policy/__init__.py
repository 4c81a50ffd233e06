"""The policy pack: rules that no stack may break, checked before a resource is created or changed."""
