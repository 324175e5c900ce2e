// Package types has the name of an object, as templates see it.
package types

// NamespacedName prints as namespace/name.
type NamespacedName struct {
	Namespace string
	Name      string
}

func (n NamespacedName) String() string { return n.Namespace + "/" + n.Name }
