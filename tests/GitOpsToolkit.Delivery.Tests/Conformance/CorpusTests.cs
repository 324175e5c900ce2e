using System.Text.Json.Nodes;
using GitOpsToolkit.Delivery.Health;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Delivery.Tests.Conformance;

/// <summary>Holds order and health against the answers of Flux's own code.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Objects_are_applied_in_the_order_of_Flux() => RunAll("ssa/apply-order.jsonl", (request, expected) =>
    {
        var objects = request["objects"]!.AsArray().Select(node => (JsonObject)node!).OrderBy(ObjectRef.Of, ApplyOrder.Instance);
        var sorted = objects.Select(body => ObjectRef.Of(body))
            .Select(target => $"{target.Kind.ApiVersion}/{target.Kind.Kind}/{target.Namespace}/{target.Name}");
        var wanted = expected["sorted"]!.AsArray().Select(node => node!.GetValue<string>());
        return sorted.SequenceEqual(wanted) ? null : $"{string.Join(' ', sorted)} instead of {string.Join(' ', wanted)}";
    });

    [Fact]
    public void Health_is_what_kstatus_and_Flux_compute() => RunAll("kstatus/kstatus.jsonl", (request, expected) =>
    {
        var isFlux = request["op"]!.GetValue<string>() == "kstatus-flux";
        var report = isFlux && request["object"]!["kind"]?.GetValue<string>() == "Job"
            ? JobOnly((JsonObject)request["object"]!)
            : ObjectHealth.Compute((JsonObject)request["object"]!, DateTimeOffset.UtcNow, jobsMustFinish: isFlux);
        if (expected["error"] is not null)
        {
            return report.Status == HealthStatus.Unknown ? null : $"{report.Status} instead of an error";
        }

        var (status, message) = (expected["status"]!.GetValue<string>(), expected["message"]!.GetValue<string>());
        if (report.Status.ToString() != status)
        {
            return $"{report.Status} ({report.Message}) instead of {status} ({message})";
        }

        return status == "Unknown" || report.Message == message ? null : $"'{report.Message}' instead of '{message}'";
    });

    /// <summary>The corpus records Flux's reader of Jobs by itself, without the rules that hold for every kind.</summary>
    private static HealthReport JobOnly(JsonObject body)
    {
        try
        {
            return JobHealth.Compute(new StatusView(body), mustFinish: true);
        }
        catch (StatusFormatException e)
        {
            return new HealthReport(HealthStatus.Unknown, e.Message);
        }
    }

    private void RunAll(string file, Func<JsonObject, JsonObject, string?> run)
    {
        var corpus = Corpus.Find();
        if (corpus is null)
        {
            Assert.Skip("The conformance corpora are absent: set CORPUS_DIR, or put them at ../shared/corpus beside the checkout.");
        }

        List<string> misses = [];
        var total = 0;
        foreach (var line in File.ReadLines(Path.Combine(corpus, file)))
        {
            total++;
            var test = (JsonObject)JsonNode.Parse(line)!;
            if (run((JsonObject)test["request"]!, (JsonObject)test["expected"]!) is { } miss)
            {
                misses.Add($"{test["id"]}: {miss}");
            }
        }

        output.WriteLine($"{file}: {total - misses.Count} of {total} pass");
        Assert.True(misses.Count == 0, $"{misses.Count} of {total} differ:\n{string.Join("\n", misses)}");
    }
}
