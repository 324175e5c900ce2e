using System.Diagnostics;
using System.Text;
using GitOpsToolkit.Kustomize.Loader;
using Xunit;

namespace GitOpsToolkit.Kustomize.Tests;

public sealed class ScaleTests(ITestOutputHelper output)
{
    /// <summary>kustomize's time grows with the square: 12.6 s for 2000 objects. A square of ours would miss this bound by far.</summary>
    [Fact]
    public void Time_grows_with_the_number_of_objects()
    {
        Build(50); // Warm up.
        var small = Build(500);
        var large = Build(4000);
        output.WriteLine($"500 pairs: {small.TotalMilliseconds:0} ms, 4000 pairs: {large.TotalMilliseconds:0} ms");
        Assert.True(large < (small * 8 * 4) + TimeSpan.FromMilliseconds(500), $"500 pairs took {small}, 4000 took {large}");
    }

    private static TimeSpan Build(int pairs)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pairs; i++)
        {
            text.Append($"""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: settings-{i}
                data:
                  a: "{i}"
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web-{i}
                spec:
                  selector:
                    matchLabels: {"{app: web-" + i + "}"}
                  template:
                    metadata:
                      labels: {"{app: web-" + i + "}"}
                    spec:
                      containers:
                      - name: web
                        image: example.com/web:v1
                        envFrom:
                        - configMapRef:
                            name: settings-{i}
                ---

                """);
        }

        var source = new MemoryFileSource(
        [
            KeyValuePair.Create("base/all.yaml", text.ToString()),
            KeyValuePair.Create("base/kustomization.yaml", "resources: [all.yaml]\nnamePrefix: a-\n"),
            KeyValuePair.Create(
                "kustomization.yaml",
                "resources: [base]\nnamespace: shop\nnameSuffix: -z\nlabels: [{pairs: {team: blue}, includeSelectors: true}]\n"
                + "images: [{name: example.com/web, newTag: v2}]\npatches:\n- target: {kind: Deployment}\n"
                + "  patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: x}\n    spec: {replicas: 2}\n"),
        ]);
        var watch = Stopwatch.StartNew();
        var built = new KustomizeBuilder(source).Build("");
        var took = watch.Elapsed;
        Assert.Equal(2 * pairs, built.Resources.Count);
        var last = built.Resources[^1].Body;
        Assert.Equal(
            $"a-settings-{pairs - 1}-z",
            last["spec"]!["template"]!["spec"]!["containers"]![0]!["envFrom"]![0]!["configMapRef"]!["name"]!.ToString());
        return took;
    }
}
