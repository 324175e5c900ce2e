using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Cases;

/// <summary>One case: requests that both servers get, in a namespace of their own.</summary>
internal sealed record FidelityCase(string Name, string Source, IReadOnlyList<Step> Setup, IReadOnlyList<Step> Steps)
{
    /// <summary>The oldest server that knows what is asked; older ones do not run the case.</summary>
    public Version? Since { get; init; }

    /// <summary>Whether no other case may run at the same time: it looks at the whole cluster.</summary>
    public bool Alone { get; init; }

    /// <summary>Whether it asks for custom resources alone, so that a server of nothing else can run it too.</summary>
    public bool Extensions { get; init; }

    public IReadOnlyList<Explanation> Explained { get; init; } = [];
}

/// <summary>What a case does next.</summary>
internal abstract record Step;

/// <summary>A request and its answer.</summary>
internal sealed record RequestStep(string Method, string Path) : Step
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Media type of the body.</summary>
    public string Type { get; init; } = "application/json";

    /// <summary>A tree is sent as JSON, a text as it is.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>Bytes instead of a text.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>The bearer token instead of the administrator's; empty for none at all.</summary>
    public string? Token { get; init; }

    /// <summary>The one place of the answer's body that is compared; null for all of it.</summary>
    public string? Part { get; init; }

    /// <summary>Variables that later steps use, and where in the answer's body their value stands.</summary>
    public IReadOnlyDictionary<string, string> Capture { get; init; } = new Dictionary<string, string>();

    /// <summary>The request is repeated until the answer has these values: a controller has to act first.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Until { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>The name under which the answer's stream stays open: a watch.</summary>
    public string? Watch { get; init; }
}

/// <summary>Waits for events of an open watch.</summary>
internal sealed record EventsStep(string Watch) : Step
{
    public int Count { get; init; }

    /// <summary>The type of the event to wait for.</summary>
    public string? UntilType { get; init; }

    /// <summary>Whether the server has to end the stream.</summary>
    public bool End { get; init; }
}

/// <summary>The client leaves a watch.</summary>
internal sealed record CloseStep(string Watch) : Step;
