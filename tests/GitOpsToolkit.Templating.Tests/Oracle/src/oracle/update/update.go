// Package update has what an update changed, in the shape that templates see.
package update

import "sort"

// ResourceIdentifier is what an object identifier embeds.
type ResourceIdentifier struct {
	Name       string
	Namespace  string
	APIVersion string
	Kind       string
}

type ObjectIdentifier struct{ ResourceIdentifier }

type Change struct {
	OldValue string
	NewValue string
	Setter   string
}

type ObjectChanges map[ObjectIdentifier][]Change

type Result struct{ FileChanges map[string]ObjectChanges }

// files gives a fixed order to what Go would visit in a random one.
func (r Result) files() []string {
	names := make([]string, 0, len(r.FileChanges))
	for name := range r.FileChanges {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (r Result) Objects() ObjectChanges {
	all := ObjectChanges{}
	for _, name := range r.files() {
		for object, changes := range r.FileChanges[name] {
			all[object] = append(all[object], changes...)
		}
	}
	return all
}

func (r Result) Changes() []Change {
	var all []Change
	seen := map[Change]bool{}
	for _, name := range r.files() {
		for _, changes := range r.FileChanges[name] {
			for _, change := range changes {
				if !seen[change] {
					seen[change] = true
					all = append(all, change)
				}
			}
		}
	}
	return all
}
