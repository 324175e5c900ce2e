using System.Text.RegularExpressions;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>The values that markers may name, and the policies that exist without one.</summary>
public sealed partial class SetterValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutImage;
    private readonly HashSet<string> _notSelected;
    private readonly IReadOnlySet<string>? _only;

    /// <summary>Gathers the values of the policies that take part.</summary>
    /// <param name="images">What they elected.</param>
    /// <param name="withoutImage"><c>namespace:policy</c> of those that elected nothing yet, to tell it in findings.</param>
    /// <param name="notSelected"><c>namespace:policy</c> of those that do not take part, to tell it in findings.</param>
    /// <exception cref="FormatException">An image reference is malformed.</exception>
    public SetterValues(IEnumerable<PolicyImage> images, IEnumerable<string>? withoutImage = null, IEnumerable<string>? notSelected = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (var image in images)
        {
            if (!ReferenceForm().IsMatch(image.Reference))
            {
                throw new FormatException(
                    $"encountered invalid image ref \"{image.Reference}\" in policy {image.Namespace}/{image.Policy}");
            }

            var setter = $"{image.Namespace}:{image.Policy}";
            _values[setter] = image.Reference;
            _values[setter + ":tag"] = image.Tag;
            _values[setter + ":name"] = image.Name;
            _values[setter + ":digest"] = image.Digest;
        }

        _withoutImage = [.. withoutImage ?? []];
        _notSelected = [.. notSelected ?? []];
    }

    private SetterValues(SetterValues all, IReadOnlySet<string> only)
    {
        (_values, _withoutImage, _notSelected, _only) = (all._values, all._withoutImage, all._notSelected, only);
    }

    /// <summary>The same values, of which only those of some policies are written now; the markers of others count as up to date.</summary>
    /// <param name="policies">The policies, as <c>namespace:policy</c>.</param>
    internal SetterValues Only(IReadOnlySet<string> policies) => new(this, policies);

    /// <summary>Whether a setter's value is to be written now.</summary>
    internal bool IsDue(string setter) => _only?.Contains(PolicyOf(setter)) ?? true;

    /// <summary><c>namespace:policy</c> of a setter.</summary>
    internal static string PolicyOf(string setter) => setter.Split(':') is [var name, var policy, ..] ? $"{name}:{policy}" : setter;

    /// <summary>The value that a setter writes.</summary>
    public bool TryGet(string setter, out string value) => _values.TryGetValue(setter, out value!);

    /// <summary>What is to be done about a marker.</summary>
    /// <param name="setters">The setters that it names; the first with a value counts.</param>
    /// <param name="present">The value that is there.</param>
    /// <param name="problem">Why nothing may be set there; null where it may.</param>
    internal SetterDecision Decide(IReadOnlyList<string> setters, string present, string? problem)
    {
        if (problem is not null)
        {
            return new SetterDecision(SetterDecisionKind.Unresolved, setters[0], problem, UnresolvedReason.IllegalPlace);
        }

        foreach (var setter in setters)
        {
            if (TryGet(setter, out var value))
            {
                var isDue = value != present && IsDue(setter);
                return new SetterDecision(isDue ? SetterDecisionKind.Change : SetterDecisionKind.UpToDate, setter, value);
            }
        }

        var (reason, text) = Explain(setters[0]);
        return new SetterDecision(SetterDecisionKind.Unresolved, setters[0], text, reason);
    }

    /// <summary>Why a setter has no value.</summary>
    private (UnresolvedReason Reason, string Text) Explain(string setter)
    {
        var parts = setter.Split(':');
        if (parts.Length is < 2 or > 3)
        {
            return (UnresolvedReason.MalformedSetter, "expected namespace:policy, optionally with :tag, :name or :digest");
        }

        var policy = $"{parts[0]}:{parts[1]}";
        if (_values.ContainsKey(policy))
        {
            return (UnresolvedReason.MalformedSetter, $"unknown part '{parts[2]}', expected tag, name or digest");
        }

        if (_withoutImage.Contains(policy))
        {
            return (UnresolvedReason.NoImage, "the policy has no image yet");
        }

        return _notSelected.Contains(policy)
            ? (UnresolvedReason.NotSelected, "the policy is not selected, see spec.policySelector")
            : (UnresolvedReason.NoSuchPolicy, "no such policy takes part");
    }

    [GeneratedRegex(
        @"^[a-zA-Z0-9]([a-zA-Z0-9._:/\-]*[a-zA-Z0-9])?(/[a-z0-9._\-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127})?"
        + @"(@[A-Za-z0-9+._\-]+:[0-9a-fA-F]{32,})?\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex ReferenceForm();
}

/// <summary>What is to be done about a marker.</summary>
internal enum SetterDecisionKind
{
    /// <summary>Nothing: the value is there, or it is not its turn.</summary>
    UpToDate,

    /// <summary>The value is to be written.</summary>
    Change,

    /// <summary>Nothing can be done.</summary>
    Unresolved,
}

/// <summary>What is to be done about a marker.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Setter">The setter that counts.</param>
/// <param name="Text">The value, or what the problem is in words.</param>
/// <param name="Reason">The problem.</param>
internal readonly record struct SetterDecision(SetterDecisionKind Kind, string Setter, string Text, UnresolvedReason Reason = default);
