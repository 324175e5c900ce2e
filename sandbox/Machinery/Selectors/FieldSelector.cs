using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Selectors;

/// <summary>One term of a field selector.</summary>
/// <param name="Path">Dotted path such as <c>metadata.name</c>.</param>
/// <param name="Value">Value to compare with.</param>
/// <param name="Equal">True for <c>=</c> and <c>==</c>, false for <c>!=</c>.</param>
public sealed record FieldRequirement(string Path, string Value, bool Equal);

/// <summary>A field selector: all terms must hold.</summary>
/// <param name="Requirements">The terms.</param>
public sealed record FieldSelector(IReadOnlyList<FieldRequirement> Requirements)
{
    private static readonly Dictionary<string, string[]> Supported = new(StringComparer.Ordinal)
    {
        ["/Pod"] =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
            "status.podIP", "status.nominatedNodeName",
        ],
        ["/Event"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        ["events.k8s.io/Event"] =
        [
            "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "reason", "reportingController", "type",
        ],
        ["/Namespace"] = ["status.phase", "name"],
        ["/Node"] = ["spec.unschedulable"],
        ["/Secret"] = ["type"],
        ["/Service"] = ["spec.clusterIP", "spec.type"],
        ["/ReplicationController"] = ["status.replicas"],
        ["apps/ReplicaSet"] = ["status.replicas"],
        ["batch/Job"] = ["status.successful"],
    };

    /// <summary>Selects every object.</summary>
    public static FieldSelector Everything { get; } = new([]);

    /// <summary>Whether the selector selects everything.</summary>
    public bool IsEmpty => Requirements.Count == 0;

    /// <summary>Reads the text form, such as <c>metadata.name=web,status.phase!=Running</c>.</summary>
    /// <exception cref="StatusException">400 if a term has no operator.</exception>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var requirements = new List<FieldRequirement>();
        foreach (var term in Terms(text))
        {
            var at = Operator(term);
            if (at < 0)
            {
                throw StatusException.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            }

            var equal = term[at] == '=';
            var length = equal && at + 1 < term.Length && term[at + 1] == '=' ? 2 : equal ? 1 : 2;
            requirements.Add(new FieldRequirement(term[..at], Unescape(term[(at + length)..]), equal));
        }

        return new FieldSelector(requirements);
    }

    /// <summary>Refuses terms on fields that the kind does not select by, with the server's message.</summary>
    /// <param name="group">Group of the kind, empty for core.</param>
    /// <param name="version">Version of the kind.</param>
    /// <param name="kind">Kind.</param>
    /// <param name="custom">Fields that a custom kind declares selectable, as dotted paths.</param>
    /// <exception cref="StatusException">400 naming the unsupported label.</exception>
    public void Check(string group, string version, string kind, IReadOnlyCollection<string>? custom = null)
    {
        var known = Supported.GetValueOrDefault($"{group}/{kind}") ?? [];
        foreach (var path in Requirements.Select(r => r.Path))
        {
            if (path is "metadata.name" or "metadata.namespace" || known.Contains(path) || custom?.Contains(path) == true)
            {
                continue;
            }

            throw StatusException.BadRequest(known.Length > 0 || custom is not null
                ? $"field label not supported: {path}"
                : $"{GoText.Quote(path)} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        }
    }

    /// <summary>Whether the object fulfils every term.</summary>
    public bool Matches(JsonObject obj) => Requirements.All(r => string.Equals(Read(obj, r.Path), r.Value, StringComparison.Ordinal) == r.Equal);

    /// <summary>The text form.</summary>
    public override string ToString() => string.Join(',', Requirements.Select(r => $"{r.Path}{(r.Equal ? "=" : "!=")}{r.Value}"));

    private static string Read(JsonObject obj, string path)
    {
        var node = path switch
        {
            "name" => Json.At(obj, "metadata", "name"),
            "source" => Json.At(obj, "source", "component"),
            "status.successful" => Json.At(obj, "status", "succeeded") ?? JsonValue.Create(0),
            "spec.unschedulable" => Json.At(obj, "spec", "unschedulable") ?? JsonValue.Create(false),
            "spec.hostNetwork" => Json.At(obj, "spec", "hostNetwork") ?? JsonValue.Create(false),
            _ => Json.At(obj, path.Split('.')),
        };
        return node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "",
            JsonValueKind.String => node.GetValue<string>(),
            _ => node.ToJsonString(),
        };
    }

    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\')
            {
                i++;
                continue;
            }

            if (i >= text.Length || text[i] == ',')
            {
                if (i > start)
                {
                    yield return text[start..Math.Min(i, text.Length)];
                }

                start = i + 1;
            }
        }
    }

    private static int Operator(string term)
    {
        for (var i = 0; i < term.Length; i++)
        {
            if (term[i] == '=' || (term[i] == '!' && i + 1 < term.Length && term[i + 1] == '='))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Unescape(string value)
    {
        var result = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var next = value[i];
            if (next is ',' or '=')
            {
                throw StatusException.BadRequest($"invalid field selector: unescaped character in value: {(int)next}");
            }

            if (next == '\\' && (++i == value.Length || value[i] is not (',' or '=' or '\\')))
            {
                throw StatusException.BadRequest($"invalid field selector: invalid escape sequence: {(i < value.Length ? value[(i - 1)..(i + 1)] : "\\")}");
            }

            result.Append(value[i]);
        }

        return result.ToString();
    }
}
