namespace GitOpsToolkit.Versioning;

/// <summary>Items that must all hold. One item that names a prerelease opens the whole group to prereleases.</summary>
internal sealed class RangeGroup(RangeItem[] items)
{
    private readonly bool namesPrerelease = Array.Exists(items, item => item.Bound.IsPrerelease);

    internal bool Contains(SemVer version, bool includePrerelease)
    {
        if (version.IsPrerelease && !includePrerelease && !namesPrerelease)
        {
            return false;
        }

        foreach (var item in items)
        {
            if (!item.Holds(version))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What an item of a range asks of a version.</summary>
internal enum RangeOperator
{
    TildeOrEqual,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// <summary>Which parts of an item's version were written out; the rest were wildcards or left out.</summary>
internal enum Written
{
    Nothing,
    Major,
    MajorMinor,
    Full,
}

/// <summary>
/// One item of a range: an operator and a possibly partial version, whose missing numbers are 0 in <paramref name="Bound"/>.
/// </summary>
internal readonly record struct RangeItem(RangeOperator Operator, SemVer Bound, Written Written)
{
    internal bool Holds(SemVer version) => Operator switch
    {
        RangeOperator.TildeOrEqual => Written == Written.Full ? version == Bound : HoldsTilde(version),
        RangeOperator.NotEqual => HoldsNotEqual(version),
        RangeOperator.Greater => HoldsGreater(version),
        RangeOperator.Less => version < Bound,
        RangeOperator.GreaterOrEqual => version >= Bound,
        RangeOperator.LessOrEqual => HoldsLessOrEqual(version),
        RangeOperator.Tilde => HoldsTilde(version),
        _ => HoldsCaret(version),
    };

    // A partial version stands for its whole line: !=1.x excludes all of 1.
    private bool HoldsNotEqual(SemVer version) => Written switch
    {
        Written.Major => version.Major != Bound.Major,
        Written.MajorMinor => version.Major != Bound.Major || version.Minor != Bound.Minor
            || SemVer.ComparePrereleases(version.Prerelease, Bound.Prerelease) != 0,
        _ => version != Bound,
    };

    // >11 needs 12.0.0 and >11.1 needs 11.2.0.
    private bool HoldsGreater(SemVer version)
    {
        if (Written == Written.Full || version.Major != Bound.Major)
        {
            return Written == Written.Full ? version > Bound : version.Major > Bound.Major;
        }

        return Written switch
        {
            Written.Major => false,
            Written.MajorMinor => version.Minor > Bound.Minor,
            _ => version > Bound,
        };
    }

    private bool HoldsLessOrEqual(SemVer version)
    {
        if (Written == Written.Full)
        {
            return version <= Bound;
        }

        return version.Major < Bound.Major
            || (version.Major == Bound.Major && (Written == Written.Major || version.Minor <= Bound.Minor));
    }

    private bool HoldsTilde(SemVer version)
    {
        if (version < Bound)
        {
            return false;
        }

        // ~0.0.0 and ~* admit every version.
        if (Bound is { Major: 0, Minor: 0, Patch: 0 } && Written is (Written.Full or Written.Nothing))
        {
            return true;
        }

        return version.Major == Bound.Major && (Written == Written.Major || version.Minor == Bound.Minor);
    }

    // The leftmost number that is not zero stays as it is.
    private bool HoldsCaret(SemVer version)
    {
        if (version < Bound || version.Major != Bound.Major)
        {
            return false;
        }

        if (Bound.Major > 0 || Written == Written.Major)
        {
            return true;
        }

        if (version.Minor != Bound.Minor)
        {
            return false;
        }

        return Bound.Minor > 0 || Written == Written.MajorMinor || version.Patch == Bound.Patch;
    }
}
