// Command oracle answers templates: it reads {"data": NAME, "template": TEXT} a line and writes the line with what Go's text/template makes of it.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/Masterminds/sprig"

	"oracle/source"
	"oracle/types"
	"oracle/update"
)

type row struct {
	Data     string  `json:"data,omitempty"`
	Template string  `json:"template"`
	Note     string  `json:"note,omitempty"`
	Expected *string `json:"expected,omitempty"`
	Base64   *string `json:"base64,omitempty"`
	Error    *string `json:"error,omitempty"`
}

func values() interface{} {
	var v map[string]interface{}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		panic(err)
	}
	v["int"] = 42
	v["minus"] = -7
	v["zero"] = 0
	v["int64"] = int64(1234567890123)
	v["uint8"] = uint8(200)
	v["uint64"] = uint64(18446744073709551615)
	v["strings"] = []string{"a", "b", "c"}
	v["ints"] = []int{3, 1, 2}
	v["bytes"] = []byte("hi")
	v["labels"] = map[string]string{"b": "2", "a": "1"}
	v["numbered"] = map[int]string{10: "ten", 9: "nine", -1: "minus"}
	v["nilList"] = []string(nil)
	v["nilMap"] = map[string]interface{}(nil)
	v["change"] = update.Change{OldValue: "v1", NewValue: "v2", Setter: "ns:p:tag"}
	v["pointer"] = &update.Change{OldValue: "v1", NewValue: "v2", Setter: "ns:p:tag"}
	v["nilPointer"] = (*update.Change)(nil)
	v["object"] = types.NamespacedName{Namespace: "ns", Name: "app"}
	return v
}

func message() interface{} {
	id := func(version, kind, ns, name string) update.ObjectIdentifier {
		return update.ObjectIdentifier{ResourceIdentifier: update.ResourceIdentifier{Name: name, Namespace: ns, APIVersion: version, Kind: kind}}
	}
	app := update.Change{OldValue: "repo/app:v1.0.0", NewValue: "repo/app:v1.1.0", Setter: "flux:app"}
	tag := update.Change{OldValue: "v1.0.0", NewValue: "v1.1.0", Setter: "flux:app:tag"}
	web := update.Change{OldValue: "repo/web:1", NewValue: "repo/web:2@sha256:abc", Setter: "flux:web"}
	return source.TemplateData{
		AutomationObject: types.NamespacedName{Namespace: "flux-system", Name: "automation"},
		Changed: update.Result{FileChanges: map[string]update.ObjectChanges{
			"apps/web.yaml": {id("apps/v1", "Deployment", "prod", "web"): {web}},
			"apps/app.yaml": {
				id("apps/v1", "Deployment", "prod", "app"):  {app, tag},
				id("batch/v1", "CronJob", "prod", "app"):    {app},
			},
			"kustomization.yaml": {id("kustomize.config.k8s.io/v1beta1", "Kustomization", "", ""): {tag}},
		}},
		Values: map[string]string{"cluster": "prod-eu", "team": "web & <ops>"},
	}
}

func answer(r *row, data interface{}) {
	defer func() {
		if p := recover(); p != nil {
			text := fmt.Sprintf("panic: %v", p)
			r.Error = &text
		}
	}()
	parsed, err := template.New("t").Funcs(sprig.HermeticTxtFuncMap()).Parse(r.Template)
	var out strings.Builder
	if err == nil {
		err = parsed.Execute(&out, data)
	}
	if err != nil {
		text := err.Error()
		r.Error = &text
	} else if text := out.String(); utf8.ValidString(text) {
		r.Expected = &text
	} else {
		text := base64.StdEncoding.EncodeToString([]byte(text))
		r.Base64 = &text
	}
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var r row
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(fmt.Sprintf("%v: %s", err, in.Text()))
		}
		data := message()
		if r.Data == "" {
			data = values()
		}
		r.Expected, r.Base64, r.Error = nil, nil, nil
		answer(&r, data)
		if err := out.Encode(r); err != nil {
			panic(err)
		}
	}
}
