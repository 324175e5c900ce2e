namespace GitOpsToolkit.Versioning;

/// <summary>
/// Which of two tags a policy holds to be the newer one, whether or not it would elect them: the order of an election without its range.
/// A tag that the policy's filter or its reading refuses has no place in the order.
/// </summary>
public sealed class TagOrdering
{
    private readonly TagFilter? _filter;
    private readonly Comparer _compare;

    private TagOrdering(TagFilter? filter, Comparer compare) => (_filter, _compare) = (filter, compare);

    private delegate int? Comparer(ReadOnlySpan<char> left, ReadOnlySpan<char> right);

    /// <summary>By precedence of semantic versions of three parts.</summary>
    public static TagOrdering SemVer(TagFilter? filter = null) => new(filter, CompareVersions);

    /// <summary>
    /// By the characters' codes. A tag without a digit, such as <c>latest</c>, names no version and has no place beside one with digits.
    /// </summary>
    public static TagOrdering Alphabetical(TagOrder order, TagFilter? filter = null) =>
        new(filter, (left, right) => left.ContainsAnyInRange('0', '9') == right.ContainsAnyInRange('0', '9')
            ? Turn(left.SequenceCompareTo(right), order)
            : null);

    /// <summary>By number, read as Go reads floating-point numbers.</summary>
    public static TagOrdering Numerical(TagOrder order, TagFilter? filter = null) =>
        new(filter, (left, right) => GoFloat.TryParse(left, out var a) && GoFloat.TryParse(right, out var b) && !double.IsNaN(a) && !double.IsNaN(b)
            ? Turn(a.CompareTo(b), order)
            : null);

    /// <summary>Compares two tags.</summary>
    /// <returns>Below zero: <paramref name="left"/> is the older one; above zero: the newer; zero: neither is; null: the policy cannot tell.</returns>
    public int? Compare(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left == right)
        {
            return 0;
        }

        ReadOnlySpan<char> a = left, b = right;
        return _filter is null || (_filter.TryTake(left, out a) && _filter.TryTake(right, out b)) ? _compare(a, b) : null;
    }

    private static int? CompareVersions(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        Versioning.SemVer.TryReadThreeParts(left, out var a) && Versioning.SemVer.TryReadThreeParts(right, out var b) ? a.CompareTo(b) : null;

    private static int Turn(int compared, TagOrder order) => order == TagOrder.Ascending ? Math.Sign(compared) : -Math.Sign(compared);
}
