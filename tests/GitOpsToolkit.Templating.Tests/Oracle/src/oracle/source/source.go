// Package source has the data of a commit message's template.
package source

import (
	"oracle/types"
	"oracle/update"
)

type TemplateData struct {
	AutomationObject types.NamespacedName
	Changed          update.Result
	Values           map[string]string
}
