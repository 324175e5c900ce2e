using System.Globalization;
using System.Text;
using CsCheck;
using GitOpsToolkit.Kustomize.Loader;
using GitOpsToolkit.Yaml;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

/// <summary>
/// Kustomizations and manifests that are damaged at some places: a build gives objects or a <see cref="BuildException"/>, and never anything else.
/// <c>GITOPS_FUZZ_SECONDS</c> says how long (5 by default); a failure names the seed that <c>CsCheck_Seed</c> takes.
/// </summary>
public sealed class FuzzTests
{
    private const string Kustomization = """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [a.yaml, base]
        components:
        - component
        namespace: x
        namePrefix: p-
        labels:
        - pairs: {a: b}
          includeSelectors: true
          fields: [{path: spec/x, kind: A, create: true}]
        commonAnnotations: {c: d}
        images: [{name: i, newTag: "2", digest: "sha256:0"}]
        replicas: [{name: web, count: 3}]
        patches:
        - path: patch.yaml
          target: {kind: Deployment, labelSelector: "a=b,c in (d)"}
          options: {allowNameChange: true}
        - patch: |
            - op: replace
              path: /spec/replicas
              value: 2
          target: {kind: Deployment, name: w.*}
        configMapGenerator:
        - name: g
          literals: [a=b, c='d']
          files: [k=data.txt]
          options: {disableNameSuffixHash: true}
        secretGenerator:
        - {name: s, envs: [data.txt], type: Opaque}
        generatorOptions: {labels: {e: f}}
        replacements:
        - source: {kind: ConfigMap, name: g, fieldPath: data.a}
          targets:
          - select: {kind: Deployment}
            fieldPaths: ["spec.template.spec.containers.[name=web].image"]
            options: {delimiter: ":", index: 1}
        vars: [{name: V, objref: {kind: Service, name: web, apiVersion: v1}, fieldref: {fieldpath: metadata.name}}]
        buildMetadata: [originAnnotations]
        sortOptions: {order: legacy}

        """;

    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {a: b}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - name: web
                image: i:1 # comment
                args: ["$(V)", 'x', null]
                env:
                - name: A
                  valueFrom: {configMapKeyRef: {name: g, key: a}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}

        """;

    private const string Patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: web, $patch: delete}\n      - $patch: replace\n";

    private static readonly string[] Pieces =
    [
        "", " ", "\n", "\t", "  ", ":", ": ", "-", "- ", "[", "]", "{", "}", "{}", "[]", ",", "#", "&a ", "*a", "!!str ", "!x ", "|", ">", "'", "\"", "\\", "%", "?", "---\n", "...\n", "<<: ", "null", "~", "0", "-1",
        "1e999", "9999999999999999999999", ".inf", "true", "../", "/", "\0", "\uFEFF", "\u2028", "\r", "😀", "\uD800", "$patch: delete", "$(V)", "*", "name: ", "kind: List\nitems:\n", "base", "2001-01-01", "a=b", "((", "(a+)+$",
    ];

    private static readonly Gen<(int File, int At, int Cut, string Put)> Damage = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 3_000], Gen.Int[0, 12], Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]));

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("GITOPS_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Clamp(seconds, 1, 600) : 5;

    [Fact]
    public void A_damaged_kustomization_is_built_or_refused() => Damage.List[1, 6].Sample(
        damages =>
        {
            Dictionary<string, string> files = new()
            {
                ["kustomization.yaml"] = Kustomization,
                ["a.yaml"] = Manifest,
                ["patch.yaml"] = Patch,
                ["data.txt"] = "K=V\n# c\nL=\"w\"\n",
                ["component/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -s\n",
                ["base/kustomization.yaml"] = "resources: [b.yaml]\nnamePrefix: b-\n",
                ["base/b.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata: {x: \"1\"}\n",
            };
            string[] names = ["kustomization.yaml", "a.yaml", "patch.yaml", "data.txt", "base/b.yaml"];
            foreach (var (file, at, cut, put) in damages)
            {
                var text = files[names[file]];
                var from = at % (text.Length + 1);
                files[names[file]] = text[..from] + put + text[Math.Min(text.Length, from + cut)..];
            }

            try
            {
                var built = new KustomizeBuilder(new MemoryFileSource(files.Select(file => KeyValuePair.Create(file.Key, Encoding.UTF8.GetBytes(file.Value))))).Build("");
                YamlWriter.WriteAll(built.Resources.Select(resource => resource.Body), YamlWriterOptions.Sorted);
            }
            catch (BuildException)
            {
                // Refused: an answer.
            }
        },
        time: Seconds, threads: 1);

    [Fact]
    public void Any_bytes_are_YAML_or_refused() => Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).List[0, 60].Sample(
        pieces =>
        {
            try
            {
                foreach (var document in YamlReader.ReadAll(string.Concat(pieces), "f"))
                {
                    _ = YamlWriter.Write(document.Root);
                }
            }
            catch (YamlReadException)
            {
                // Refused: an answer.
            }
        },
        time: Seconds, threads: 1);
}
