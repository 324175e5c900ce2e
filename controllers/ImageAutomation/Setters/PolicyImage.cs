using System.Text.RegularExpressions;

namespace GitOpsToolkit.Controllers.ImageAutomation.Setters;

/// <summary>What a policy elected.</summary>
/// <param name="Namespace">The policy's namespace.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Name">The image's name with its registry.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">The digest; empty if it is not reflected.</param>
public sealed record PolicyImage(string Namespace, string Policy, string Name, string Tag, string Digest = "")
{
    /// <summary><c>name:tag</c>, with <c>@digest</c> if there is one.</summary>
    public string Reference => (Tag.Length > 0 ? $"{Name}:{Tag}" : Name) + (Digest.Length > 0 ? $"@{Digest}" : "");
}

/// <summary>The values that markers may name, and the policies that exist without one.</summary>
public sealed partial class SetterValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutImage;
    private readonly IReadOnlySet<string>? _only;

    /// <summary>Gathers the values of the policies that take part.</summary>
    /// <param name="images">What they elected.</param>
    /// <param name="withoutImage"><c>namespace:policy</c> of those that elected nothing yet, to tell it in findings.</param>
    /// <exception cref="FormatException">An image reference is malformed.</exception>
    public SetterValues(IEnumerable<PolicyImage> images, IEnumerable<string>? withoutImage = null)
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
    }

    private SetterValues(SetterValues all, IReadOnlySet<string> only)
    {
        (_values, _withoutImage, _only) = (all._values, all._withoutImage, only);
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

    /// <summary>Why a setter has no value, in words.</summary>
    public string Explain(string setter)
    {
        ArgumentNullException.ThrowIfNull(setter);
        var parts = setter.Split(':');
        if (parts.Length is < 2 or > 3)
        {
            return "expected namespace:policy, optionally with :tag, :name or :digest";
        }

        var policy = $"{parts[0]}:{parts[1]}";
        if (_values.ContainsKey(policy))
        {
            return $"unknown part '{parts[2]}', expected tag, name or digest";
        }

        return _withoutImage.Contains(policy) ? "the policy has no image yet" : "no such policy takes part";
    }

    [GeneratedRegex(
        @"^[a-zA-Z0-9]([a-zA-Z0-9._:/\-]*[a-zA-Z0-9])?(/[a-z0-9._\-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127})?"
        + @"(@[A-Za-z0-9+._\-]+:[0-9a-fA-F]{32,})?\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex ReferenceForm();
}
