using System.Net;
using System.Text.Json.Nodes;
using GitOpsToolkit.Kubernetes;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests;

/// <summary>The server's words about a Secret, as a kube-apiserver says them, never show what is in it.</summary>
public sealed class RefusalTests
{
    private const string Canary = "canary-4711-value";
    private const string Encoded = "Y2FuYXJ5LTQ3MTEtdmFsdWU=";

    [Theory]
    [InlineData("data: {password: '" + Encoded + "'}", "admission webhook \"x\" denied the request: password " + Canary + " is weak")]
    [InlineData("data: {password: '" + Encoded + "'}", "data[password]: Invalid value: \"" + Encoded + "\": no")]
    [InlineData("stringData: {password: '" + Canary + "'}", "data[password]: Invalid value: \"" + Canary + "\": no")]
    [InlineData("stringData: [" + Canary + "]", "failed to create typed patch object: .stringData: expected map, got &{[" + Canary + "]}")]
    [InlineData("data: " + Canary, "failed to create typed patch object: .data: expected map, got &{" + Canary + "}")]
    [InlineData("spec: {deep: [{er: '" + Canary + "'}]}", "unknown field spec with " + Canary)]
    [InlineData("stringData: {config: \"first line\\n" + Canary + "\\nlast line\"}", "parsing failed near '" + Canary + "'")]
    public void A_repeated_value_is_masked(string manifest, string words)
    {
        var text = Refusal.Explain(Error(words), Body("Secret", manifest));

        Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoded, text, StringComparison.Ordinal);
        Assert.Contains("***", text, StringComparison.Ordinal);
        Assert.EndsWith(" (Invalid)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_values_too() => Assert.Equal(
        ".data.pin: expected string, got &value.valueUnstructured{Value:***} (Invalid)",
        Refusal.Explain(Error(".data.pin: expected string, got &value.valueUnstructured{Value:48151623}"), Body("Secret", "data: {pin: 48151623}")));

    [Fact]
    public void A_value_that_is_cut_off_silences_the_server()
    {
        var text = Refusal.Explain(Error("value \"canary-4711...\" is no good"), Body("Secret", $"stringData: {{password: {Canary}}}"));

        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.Contains("kubectl apply --dry-run=server", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_values_in_the_cluster_are_masked_as_well() => Assert.Equal(
        "was *** (Invalid)",
        Refusal.Explain(Error($"was {Canary}"), Body("Secret", "data: {}"), Body("Secret", $"data: {{password: {Encoded}}}")));

    [Theory]
    [InlineData("Secret", "data: {password: '" + Encoded + "'}", "data: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("Secret", "data: {password: a}", "illegal base64 data at input byte 0")]
    [InlineData("ConfigMap", "data: {value: " + Canary + "}", "data[value]: Invalid value: \"" + Canary + "\"")]
    public void Other_words_stay_as_they_are(string kind, string manifest, string words) =>
        Assert.StartsWith($"{words} (Invalid)", Refusal.Explain(Error(words), Body(kind, manifest)), StringComparison.Ordinal);

    private static ApiException Error(string words) => new(HttpStatusCode.UnprocessableEntity, "Invalid", words);

    private static JsonObject Body(string kind, string manifest) =>
        Yaml.YamlReader.ReadAll($"{{apiVersion: v1, kind: {kind}, metadata: {{name: a}}, {manifest}}}", "a.yaml").Single().Root!.AsObject();
}
