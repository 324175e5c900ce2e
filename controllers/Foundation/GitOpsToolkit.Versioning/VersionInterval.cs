using System.Diagnostics.CodeAnalysis;
using NuGet.Versioning;

namespace GitOpsToolkit.Versioning;

/// <summary>
/// The interval notation <c>[1.2,2.0)</c>, <c>(,1.5]</c>, <c>[1.0]</c>. No range in Flux's syntax starts with a bracket, so accepting it
/// changes no existing manifest. The bounds are compared by our own precedence, so that tags with 64-bit numbers fit.
/// </summary>
internal static class VersionInterval
{
    internal static bool Looks(string text) => text.AsSpan().TrimStart() is ['[' or '(', ..];

    internal static bool TryParse(string text, [NotNullWhen(true)] out RangeGroup? group, [NotNullWhen(false)] out string? error)
    {
        group = null;
        if (!VersionRange.TryParse(text.Trim(), allowFloating: false, out var interval) || interval.IsFloating)
        {
            error = $"improper constraint: \"{text}\" is no interval (expected for example [1.2,2.0))";
            return false;
        }

        var items = new List<RangeItem>(2);
        if (!TryAdd(items, interval.MinVersion, interval.IsMinInclusive ? RangeOperator.GreaterOrEqual : RangeOperator.Greater)
            || !TryAdd(items, interval.MaxVersion, interval.IsMaxInclusive ? RangeOperator.LessOrEqual : RangeOperator.Less))
        {
            error = $"improper constraint: \"{text}\" has a bound with four parts";
            return false;
        }

        error = null;
        group = new RangeGroup([.. items]);
        return true;
    }

    private static bool TryAdd(List<RangeItem> items, NuGetVersion? bound, RangeOperator @operator)
    {
        if (bound is null)
        {
            return true;
        }

        var version = new SemVer(
            (ulong)bound.Major, (ulong)bound.Minor, (ulong)bound.Patch, bound.Release, metadata: "", bound.ToNormalizedString());
        items.Add(new RangeItem(@operator, version, Written.Full));
        return !bound.IsLegacyVersion;
    }
}
