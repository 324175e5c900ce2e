using System.Text.Json;

namespace GitOpsToolkit.Kubernetes;

/// <summary>A list, or one page of it.</summary>
/// <param name="ResourceVersion">The state of the collection: where a watch goes on.</param>
/// <param name="Continue">Where the next page begins; empty at the end.</param>
/// <param name="Items">The objects. Those of a typed list carry no apiVersion and kind of their own.</param>
/// <param name="ApiVersion">The list's apiVersion.</param>
/// <param name="Kind">The list's kind, such as <c>PodList</c>.</param>
public sealed record KubeList(string ResourceVersion, string Continue, IReadOnlyList<JsonElement> Items, string ApiVersion, string Kind);
