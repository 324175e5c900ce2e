using System.Text.Json.Nodes;
using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>What a verb answers.</summary>
/// <param name="Code">HTTP status.</param>
/// <param name="Body">The object in the version asked for, a Status, or the head of a list.</param>
/// <param name="IsList">Whether <see cref="Items"/> belong to it.</param>
internal sealed record Reply(int Code, JsonObject Body, bool IsList = false)
{
    /// <summary>The items of a list, as stored.</summary>
    public IReadOnlyList<StoredObject> Items { get; init; } = [];

    /// <summary>The stored object which is the answer; then <see cref="Body"/> is not used.</summary>
    public StoredObject? Stored { get; init; }

    /// <summary>Whether the answer is given as it is, whatever shape was asked for (a Status, a Scale, a review).</summary>
    public bool IsPlain { get; init; }

    public static Reply Of(StoredObject stored) => new(200, []) { Stored = stored };

    public static Reply Plain(int code, JsonObject body) => new(code, body) { IsPlain = true };
}
