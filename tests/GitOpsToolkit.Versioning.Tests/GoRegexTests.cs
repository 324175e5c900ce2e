using Xunit;

namespace GitOpsToolkit.Versioning.Tests;

public sealed class GoRegexTests
{
    [Theory]
    [InlineData("a*", "baaac", -1, "|aaa|")]
    [InlineData("a", "banana", 2, "a|a")]
    [InlineData("", "\U0001F600", -1, "|")]
    [InlineData("z", "abc", -1, null)]
    public void FindsAsGoDoes(string pattern, string text, int most, string? expected) =>
        Assert.Equal(expected, Compile(pattern).Find(text, most) is { Count: > 0 } found ? string.Join('|', found) : null);

    [Theory]
    [InlineData("a(x*)b", "-ab-axxb-", "${1}W", false, "-W-xxW-")]
    [InlineData("a(x*)b", "-ab-axxb-", "${1}W", true, "-${1}W-${1}W-")]
    [InlineData("a*", "baaac", "X", false, "XbXcX")]
    [InlineData("", "a\U0001F600", "-", false, "-a-\U0001F600-")]
    public void ReplacesAsGoDoes(string pattern, string text, string replacement, bool isLiteral, string expected) =>
        Assert.Equal(expected, string.Concat(Compile(pattern).Replace(text, replacement, isLiteral)));

    [Theory]
    [InlineData("z+", "pizza", -1, "pi|a")]
    [InlineData(",", "a,b,c", 2, "a|b,c")]
    [InlineData(",", "a,b,c", 0, null)]
    [InlineData(",", "", -1, "")]
    [InlineData("", "abc", -1, "a|b|c")]
    public void SplitsAsGoDoes(string pattern, string text, int most, string? expected) =>
        Assert.Equal(expected, Compile(pattern).Split(text, most) is { } parts ? string.Join('|', parts) : null);

    [Theory]
    [InlineData(@"^(?P<n>a+)$", "aaa", true)]
    [InlineData(@"^(?<n>a+)$", "b", false)]
    [InlineData(@"^a$", "a\n", false)]
    [InlineData(@"(?m)^a$", "b\na\nc", true)]
    [InlineData(@"(?m:^a$)", "b\na", true)]
    [InlineData(@"a.b", "a\nb", false)]
    [InlineData(@"(?s)a.b", "a\nb", true)]
    [InlineData(@"(?s:a.)b.", "a\nb\n", false)]
    [InlineData(@"^\d$", "٣", false)]
    [InlineData(@"^\D$", "٣", true)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^[\w]$", "é", false)]
    [InlineData(@"^[^\W]$", "e", true)]
    [InlineData(@"^\s$", "\u00a0", false)]
    [InlineData(@"^\s$", "\v", false)]
    [InlineData(@"^[[:space:]]$", "\v", true)]
    [InlineData(@"^[[:alpha:]]+$", "alph", true)]
    [InlineData(@"^[[:alpha:]]+$", "a:b", false)]
    [InlineData(@"^[[:^alpha:]]+$", "1:2", true)]
    [InlineData(@"^[[:word:]-]+$", "a_b-c", true)]
    [InlineData(@"^\pL+$", "aé", true)]
    [InlineData(@"^\PL+$", "aé", false)]
    [InlineData(@"^\p{Lu}\p{^Lu}$", "Aa", true)]
    [InlineData(@"^[\p{Nd}x]+$", "1x2", true)]
    [InlineData(@"^\Qa.b\E.$", "a.bc", true)]
    [InlineData(@"^\Qa.b", "a.b", true)]
    [InlineData(@"^\Qa.b\E+$", "a.bbb", true)]
    [InlineData(@"^[a-z-[aeiou]]$", "b]", true)]
    [InlineData(@"^[]a]+$", "]a", true)]
    [InlineData(@"^[^]a]$", "b", true)]
    [InlineData(@"^[a-]$", "-", true)]
    [InlineData(@"^[+--]+$", "+,-", true)]
    [InlineData(@"^[\x41-\x{43}]+$", "ABC", true)]
    [InlineData(@"^\101\x42\x{43}$", "ABC", true)]
    [InlineData(@"^a{2,3}$", "aa", true)]
    [InlineData(@"^a{,3}$", "a{,3}", true)]
    [InlineData(@"^a{2$", "a{2", true)]
    [InlineData(@"^#a b$", "#a b", true)]
    [InlineData(@"(?i)^[^a]$", "A", false)]
    [InlineData(@"(?i)^ABC$", "abc", true)]
    [InlineData(@"^(?i:A)B$", "aB", true)]
    [InlineData(@"^(?i:A)B$", "ab", false)]
    [InlineData(@"^(?i)a(?-i)b$", "Ab", true)]
    [InlineData(@"^(?i)a(?-i)b$", "AB", false)]
    [InlineData(@"^*a", "a", true)]
    [InlineData(@"(|a)+$", "aa", true)]
    [InlineData(@"\Aa\z", "a", true)]
    [InlineData(@"\ba\b", "b a c", true)]
    [InlineData(@"^\_\-\/$", "_-/", true)]
    [InlineData(@"^é😀$", "é😀", true)]
    [InlineData(@"", "anything", true)]
    public void Matches_as_Go_does(string pattern, string text, bool matches)
    {
        Assert.True(GoRegex.TryCompile(pattern, out var regex, out var error), error);
        Assert.Equal(matches, regex.IsMatch(text));
    }

    [Theory]
    [InlineData(@"(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData(@"(?!a)", "invalid or unsupported Perl syntax: `(?!`")]
    [InlineData(@"(?<=a)", "invalid or unsupported Perl syntax: `(?<`")]
    [InlineData(@"(?<!a)", "invalid or unsupported Perl syntax: `(?<`")]
    [InlineData(@"(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData(@"(?#a)", "invalid or unsupported Perl syntax: `(?#`")]
    [InlineData(@"(?x)a", "invalid or unsupported Perl syntax: `(?x`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData(@"\k<a>", @"invalid escape sequence: `\k`")]
    [InlineData(@"a\Z", @"invalid escape sequence: `\Z`")]
    [InlineData(@"a\G", @"invalid escape sequence: `\G`")]
    [InlineData(@"\u0041", @"invalid escape sequence: `\u`")]
    [InlineData(@"a\", "trailing backslash at end of expression")]
    [InlineData(@"[a", "missing closing ]: `[a`")]
    [InlineData(@"[=", "missing closing ]: `[=`")]
    [InlineData(@"[z-a]", "invalid character class range: `z-a`")]
    [InlineData(@"[[:nope:]]", "invalid character class range: `[:nope:]`")]
    [InlineData(@"\p{Nope}", @"invalid character class range: `\p{Nope}`")]
    [InlineData(@"\p{Greek}", @"only Unicode general categories")]
    [InlineData(@"(a", "missing closing ): `(a`")]
    [InlineData(@"a)", "unexpected ): `a)`")]
    [InlineData(@"*a", "missing argument to repetition operator: `*`")]
    [InlineData(@"(*a)", "missing argument to repetition operator: `*`")]
    [InlineData(@"a|*", "missing argument to repetition operator: `*`")]
    [InlineData(@"a**", "invalid nested repetition operator: `*`")]
    [InlineData(@"a*?+", "invalid nested repetition operator: `+`")]
    [InlineData(@"a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData(@"a{3,2}", "invalid repeat count: `{3,2}`")]
    [InlineData(@"(?P<a>x)(?P<a>y)", "duplicate capture group name: `a`")]
    [InlineData(@"(?P<a-b>x)", "invalid named capture: `(?P<a-b>`")]
    [InlineData(@"(?P<a", "invalid named capture: `(?P<a`")]
    [InlineData(@"(?P=a)", "invalid or unsupported Perl syntax: `(?P`")]
    [InlineData(@"(?:(?:(?:a{1000}){1000}){1000})", "the pattern needs too many states")]
    public void Refuses_with_the_reason(string pattern, string reason)
    {
        Assert.False(GoRegex.TryCompile(pattern, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$1", "b")]
    [InlineData("${1}x", "bx")]
    [InlineData("$1x", "")]
    [InlineData("$name-$2", "a-a")]
    [InlineData("${name}${1}$3", "abc")]
    [InlineData("$0", "b-a-c")]
    [InlineData("$4$nope", "")]
    [InlineData("$$1 $", "$1 $")]
    [InlineData("${name", "${name")]
    [InlineData("${}", "${}")]
    [InlineData("${na-me}", "${na-me}")]
    [InlineData("plain", "plain")]
    public void Groups_are_numbered_and_expanded_as_in_Go(string template, string expected)
    {
        // .NET would number the named group last.
        Assert.True(GoRegex.TryCompile("(b)-(?P<name>a)-(c)", out var regex, out _));
        Assert.True(regex.TryExpand("xb-a-cx", template, out var expanded));
        Assert.Equal(expected, expanded);
    }

    [Fact]
    public void Ungreedy_swaps_the_meaning_of_the_question_mark()
    {
        Assert.True(GoRegex.TryCompile("(?U)(a+)(a+?)", out var regex, out _));
        Assert.True(regex.TryExpand("aaaa", "$1:$2", out var expanded));
        Assert.Equal("a:aaa", expanded);
    }

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_its_length()
    {
        Assert.True(GoRegex.TryCompile("^(a+)+$", out var regex, out _));
        Assert.False(regex.IsMatch(new string('a', 5000) + "b"));
        Assert.False(GoRegex.TryCompile(new string('(', 5000), out _, out var error));
        Assert.Contains("longer than 4096", error, StringComparison.Ordinal);
        Assert.False(GoRegex.TryCompile(new string('(', 300) + new string(')', 300), out _, out error));
        Assert.Contains("nests deeper than 250", error, StringComparison.Ordinal);
    }

    private static GoRegex Compile(string pattern) =>
        GoRegex.TryCompile(pattern, out var regex, out var error) ? regex : throw new ArgumentException(error, nameof(pattern));
}
