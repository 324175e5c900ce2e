namespace GitOpsToolkit.Benchmarks;

/// <summary>One thing measured against a peer in the same run.</summary>
internal interface IScenario
{
    /// <summary>How it is asked for on the command line.</summary>
    string Name { get; }

    /// <summary>What is compared with what.</summary>
    string Title { get; }

    /// <summary>Measures, and prints one Markdown table. False where the two sides do not agree: then there is no figure.</summary>
    Task<bool> RunAsync(TextWriter output);
}
