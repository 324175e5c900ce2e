using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsToolkit.SchemaFacts;

// schema-facts SOURCE MINOR OUTPUT ORIGINS...: SOURCE is a GOPATH's src with kustomize's kyaml and the API types of Kubernetes 1.MINOR; see schema-facts.sh.
var (source, newest, output) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), args[2]);
var embedded = Directory.GetDirectories(Path.Combine(source, "sigs.k8s.io/kustomize/kyaml/openapi/kubernetesapi")).Single();
var model = OpenApiReader.Read(Path.Combine(embedded, "swagger.go"));
model.FillFrom(GoTypesReader.Read(newest, source, "k8s.io/api", "k8s.io/apimachinery/pkg/apis/meta", "k8s.io/apiextensions-apiserver/pkg/apis"));
using var file = new StreamWriter(output) { NewLine = "\n" };
new FactsWriter(model).Write(file,
[
    $"the schema that kustomize embeds, Kubernetes {Regex.Replace(Path.GetFileName(embedded)[1..], "_", ".")}, and what it lacks from Kubernetes' Go types:",
    .. args[3..],
]);
