using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.ApiServerFidelity.Tests.Cases;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Running;

/// <summary>
/// Runs all cases as soon as the first is asked for: those that want to be alone first, one after the other, then the rest, several at
/// a time. FIDELITY_CASES (a part of a name, with * for anything) restricts it; FIDELITY_TRANSCRIPTS names a folder for both servers'
/// answers.
/// </summary>
public sealed class Suite : IAsyncLifetime
{
    private const int AtATime = 6;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "cases");
    private static readonly string? Wanted = Environment.GetEnvironmentVariable("FIDELITY_CASES");
    private static readonly string? TranscriptFolder = Environment.GetEnvironmentVariable("FIDELITY_TRANSCRIPTS");
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CaseOutcome>> outcomes = [];
    private readonly CancellationTokenSource stopping = new();
    private Servers? servers;
    private Task running = Task.CompletedTask;

    /// <summary>All cases that this run is about.</summary>
    internal static IReadOnlyList<FidelityCase> Cases { get; } = [.. CaseReader.ReadFolder(Folder).Where(c => IsWanted(c.Name))];

    internal static IReadOnlyList<Explanation> Shared { get; } = CaseReader.ReadShared(Folder);

    internal static bool IsWhole => string.IsNullOrEmpty(Wanted);

    internal Servers Servers => servers!;

    public async ValueTask InitializeAsync()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        servers = await Servers.StartAsync(id, stopping.Token);
        foreach (var each in Cases)
        {
            outcomes[each.Name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        running = Task.Run(() => RunAllAsync(id));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // The tests that wanted to know have got their answer.
        }

        await Servers.DisposeAsync();
        stopping.Dispose();
    }

    internal Task<CaseOutcome> OutcomeAsync(string name) => outcomes[name].Task;

    private static bool IsWanted(string name) =>
        IsWhole || Regex.IsMatch(name, Regex.Escape(Wanted!).Replace("\\*", ".*"), RegexOptions.NonBacktracking);

    private async Task RunAllAsync(string id)
    {
        var numbered = Cases.Select((c, i) => (Case: c, Id: $"{id}-{i}")).ToList();
        foreach (var (each, own) in numbered.Where(n => n.Case.Alone))
        {
            await RunAsync(each, own, stopping.Token);
        }

        await Parallel.ForEachAsync(
            numbered.Where(n => !n.Case.Alone),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stopping.Token },
            async (n, ct) => await RunAsync(n.Case, n.Id, ct));
    }

    private async Task RunAsync(FidelityCase tried, string id, CancellationToken ct)
    {
        try
        {
            outcomes[tried.Name].TrySetResult(await OutcomeAsync(tried, id, ct));
        }
        catch (Exception e)
        {
            outcomes[tried.Name].TrySetException(e);
        }
    }

    private async Task<CaseOutcome> OutcomeAsync(FidelityCase tried, string id, CancellationToken ct)
    {
        var references = Servers.References.Where(r => IsFor(tried, r)).ToList();
        var runs = references.Prepend(Servers.Sandbox).Select(server => CaseRun.RunAsync(server, tried, id, ct)).ToList();
        var transcripts = (await Task.WhenAll(runs)).Select(transcript => Normalised(tried, transcript)).ToList();
        Keep(tried, "sandbox", transcripts[0]);
        foreach (var (reference, transcript) in references.Zip(transcripts[1..]))
        {
            Keep(tried, reference.Name, transcript);
        }

        return references.Count == 0
            ? new([], WhyNot(tried))
            : new([.. references.Zip(transcripts[1..], (r, transcript) => new Comparison(tried, Shared, r.Version, transcript, transcripts[0]))]);
    }

    private static bool IsFor(FidelityCase tried, Target reference) =>
        (tried.Since is null || reference.Version >= tried.Since) && (reference.HasNamespaces || tried.Extensions);

    private string WhyNot(FidelityCase tried) => Servers.Reference is { } reference
        ? $"the real API server is {reference.Version}, what is asked came with {tried.Since}"
        : Servers.WhyNoReference;

    private static Transcript Normalised(FidelityCase tried, Transcript transcript) => new Normaliser(tried.Source).Normalise(transcript);

    private static void Keep(FidelityCase tried, string server, Transcript transcript)
    {
        if (string.IsNullOrEmpty(TranscriptFolder))
        {
            return;
        }

        Directory.CreateDirectory(TranscriptFolder);
        var name = string.Concat(tried.Name.Select(c => char.IsLetterOrDigit(c) ? c : '-'));
        var answers = transcript.Answers.Select(JsonNode (a) => new JsonObject { ["step"] = a.Step, ["request"] = a.Request, ["answer"] = a.Content.DeepClone() });
        File.WriteAllText(Path.Combine(TranscriptFolder, $"{name}.{server}.yaml"), YamlWriter.Write(new JsonArray([.. answers]), YamlWriterOptions.Sorted));
    }
}

/// <summary>What came out of a case: a comparison with each real server that it is for, or why there is none.</summary>
internal sealed record CaseOutcome(IReadOnlyList<Comparison> Comparisons, string? Skipped = null);
