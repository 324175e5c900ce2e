using System.Numerics;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.Conformance.Tests;

/// <summary>A second, plain reading of versions: a regular expression and numbers of any size.</summary>
internal sealed partial record PlainVersion(BigInteger Major, BigInteger Minor, BigInteger Patch, string Prerelease)
{
    internal static PlainVersion? OfTag(string tag)
    {
        var match = Grammar().Match(tag);
        if (!match.Success || tag.Count(c => c == '.') < 2)
        {
            return null;
        }

        var numbers = new[] { "major", "minor", "patch" }.Select(part => match.Groups[part].Value)
            .Select(digits => digits.Length == 0 ? BigInteger.Zero : BigInteger.Parse(digits)).ToArray();
        var prerelease = match.Groups["pre"].Value;
        var isTooLarge = numbers.Any(number => number > ulong.MaxValue);
        return isTooLarge || prerelease.Split('.').Any(part => ZeroLed().IsMatch(part))
            ? null
            : new PlainVersion(numbers[0], numbers[1], numbers[2], prerelease);
    }

    internal int Compare(PlainVersion other)
    {
        int[] orders = [Major.CompareTo(other.Major), Minor.CompareTo(other.Minor), Patch.CompareTo(other.Patch)];
        var first = orders.FirstOrDefault(order => order != 0);
        return first != 0 ? first : ComparePrereleases(Prerelease, other.Prerelease);
    }

    private static int ComparePrereleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return (left.Length == 0 ? 1 : 0) - (right.Length == 0 ? 1 : 0);
        }

        var (lefts, rights) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(lefts.Length, rights.Length); i++)
        {
            var (a, b) = (lefts[i], rights[i]);
            var order = (a.All(char.IsAsciiDigit), b.All(char.IsAsciiDigit)) switch
            {
                (true, true) => BigInteger.Parse(a).CompareTo(BigInteger.Parse(b)),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(a, b),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return lefts.Length - rights.Length;
    }

    [GeneratedRegex(
        @"\Av?(?<major>[0-9]+)(\.(?<minor>[0-9]+)(\.(?<patch>[0-9]+))?)?(-(?<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A0[0-9]+\z")]
    private static partial Regex ZeroLed();
}

/// <summary>
/// An item of a range as its parts, so that nothing is parsed: an operator, one to three numbers, a prerelease. What it admits is written
/// down from the documented table, line by line.
/// </summary>
internal sealed record PlainItem(string Operator, IReadOnlyList<BigInteger> Numbers, string Prerelease, string Wildcard)
{
    private PlainVersion Bound => new(Numbers[0], Number(1), Number(2), Prerelease);

    public override string ToString()
    {
        var missing = Wildcard.Length > 0 ? Enumerable.Repeat(Wildcard, 3 - Numbers.Count) : [];
        var text = string.Join('.', Numbers.Select(number => number.ToString()).Concat(missing));
        return Operator + text + (Prerelease.Length > 0 ? "-" + Prerelease : "");
    }

    internal bool Admits(PlainVersion v) => Operator switch
    {
        "" or "=" => Numbers.Count == 3 ? v.Compare(Bound) == 0 : Tilde(v),
        "!=" when Numbers.Count == 3 => v.Compare(Bound) != 0,
        // The peer's own: a line of two numbers does not exclude prereleases, once another item of the group lets them in.
        "!=" => !InLine(v) || (Numbers.Count == 2 && v.Prerelease != Prerelease),
        ">" => Numbers.Count == 3 ? v.Compare(Bound) > 0 : Line(v).CompareTo(Line(Bound)) > 0,
        "<" => v.Compare(Bound) < 0,
        ">=" => v.Compare(Bound) >= 0,
        "<=" => Numbers.Count == 3 ? v.Compare(Bound) <= 0 : Line(v).CompareTo(Line(Bound)) <= 0,
        "~" => Tilde(v),
        "^" => Caret(v),
        _ => throw new InvalidOperationException(Operator),
    };

    private BigInteger Number(int index) => index < Numbers.Count ? Numbers[index] : BigInteger.Zero;

    /// <summary>The numbers that were written: the line that a partial version stands for.</summary>
    private (BigInteger, BigInteger) Line(PlainVersion v) => (v.Major, Numbers.Count > 1 ? v.Minor : 0);

    private bool InLine(PlainVersion v) => Line(v) == Line(Bound);

    private bool Tilde(PlainVersion v) =>
        v.Compare(Bound) >= 0 && v.Major == Bound.Major && (Numbers.Count == 1 || v.Minor == Bound.Minor);

    private bool Caret(PlainVersion v)
    {
        BigInteger[] theirs = [v.Major, v.Minor, v.Patch];
        var leading = Enumerable.Range(0, Numbers.Count).TakeWhile(i => Numbers[i].IsZero).Count();
        var @fixed = Math.Min(leading + 1, Numbers.Count);
        return v.Compare(Bound) >= 0 && Enumerable.Range(0, @fixed).All(i => theirs[i] == Numbers[i]);
    }
}

/// <summary>Alternatives of items that must all hold.</summary>
internal sealed record PlainRange(IReadOnlyList<IReadOnlyList<PlainItem>> Groups, string Separator)
{
    public override string ToString() => string.Join(" || ", Groups.Select(group => string.Join(Separator, group)));

    internal bool Admits(PlainVersion v) => Groups.Any(group =>
        (v.Prerelease.Length == 0 || group.Any(item => item.Prerelease.Length > 0)) && group.All(item => item.Admits(v)));
}
