using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Selectors;

/// <summary>Operators of a label requirement.</summary>
public enum LabelOperator
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>The label is absent or has none of the values.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is not there.</summary>
    DoesNotExist,

    /// <summary>The label is a whole number above the value.</summary>
    GreaterThan,

    /// <summary>The label is a whole number below the value.</summary>
    LessThan,
}

/// <summary>One requirement of a label selector.</summary>
/// <param name="Key">Label name.</param>
/// <param name="Operator">Operator.</param>
/// <param name="Values">Values, none for existence tests.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether an object with these labels fulfils the requirement.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => present && Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.NotIn => !present || !Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.Exists => present,
            LabelOperator.DoesNotExist => !present,
            LabelOperator.GreaterThan => present && long.TryParse(value, out var more) && more > long.Parse(Values[0]),
            _ => present && long.TryParse(value, out var less) && less < long.Parse(Values[0]),
        };
    }
}

/// <summary>A label selector: all requirements must hold; no requirement selects everything.</summary>
/// <param name="Requirements">The requirements.</param>
public sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    /// <summary>Selects every object.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Whether the selector selects everything.</summary>
    public bool IsEmpty => Requirements.Count == 0;

    /// <summary>Reads the text form, such as <c>app=web,tier in (a,b),!old</c>.</summary>
    /// <exception cref="StatusException">400 with the server's message.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new LabelSelectorParser(text).Parse();

    /// <summary>Reads a <c>LabelSelector</c> object (<c>matchLabels</c>, <c>matchExpressions</c>); null selects nothing.</summary>
    /// <exception cref="StatusException">400 for an unknown operator or a requirement without its values.</exception>
    public static LabelSelector? FromObject(JsonObject? selector)
    {
        if (selector is null)
        {
            return null;
        }

        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in Json.Object(selector, "matchLabels") ?? [])
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [Json.Text(value) ?? ""]));
        }

        foreach (var expression in Json.Array(selector, "matchExpressions") ?? [])
        {
            var values = (Json.Array(expression, "values") ?? []).Select(v => Json.Text(v) ?? "").ToList();
            var name = Json.Text(expression, "operator") ?? "";
            if (!Enum.TryParse<LabelOperator>(name, out var operation) || operation > LabelOperator.DoesNotExist)
            {
                throw StatusException.BadRequest($"\"{name}\" is not a valid label selector operator");
            }

            requirements.Add(new LabelRequirement(Json.Text(expression, "key") ?? "", operation, values));
        }

        return new LabelSelector(requirements);
    }

    /// <summary>Whether an object with these labels is selected.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(r => r.Matches(labels));

    /// <summary>Whether an object is selected by its <c>metadata.labels</c>.</summary>
    public bool Matches(JsonObject obj) => IsEmpty || Matches(LabelsOf(obj));

    /// <summary>The labels of an object.</summary>
    public static Dictionary<string, string> LabelsOf(JsonObject obj)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Json.Object(obj, "metadata", "labels") ?? [])
        {
            labels[name] = Json.Text(value) ?? "";
        }

        return labels;
    }
}
