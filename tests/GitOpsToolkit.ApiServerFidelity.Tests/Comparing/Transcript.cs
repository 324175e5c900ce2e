using System.Text.Json.Nodes;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Comparing;

/// <summary>What one server answered to the steps of a case.</summary>
internal sealed record Transcript(IReadOnlyList<Answer> Answers);

/// <summary>
/// An answer with the request that it is for: <c>code</c> and <c>headers</c>, and <c>$</c>, the body. The body of a watch's step is a list of events.
/// </summary>
internal sealed record Answer(int Step, string Request, JsonObject Content);
