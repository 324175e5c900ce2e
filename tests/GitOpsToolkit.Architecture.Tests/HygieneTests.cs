using System.Text.RegularExpressions;
using Xunit;

namespace GitOpsToolkit.Architecture.Tests;

/// <summary>Small rules that a reviewer would otherwise have to remember.</summary>
public sealed partial class HygieneTests
{
    private static readonly string[] Product = [.. Checkout.CSharp("api", "controllers", "cli", "sandbox")];

    [Fact]
    public void A_silenced_warning_says_why()
    {
        var silent = Product.SelectMany(file => Checkout.Read(file).Split('\n')
            .Select((line, index) => (Place: $"{file}:{index + 1}", Line: line))
            .Where(found => found.Line.Contains("#pragma warning disable") && !found.Line.Contains("//"))
            .Select(found => found.Place));

        Assert.Empty(silent);
    }

    [Fact]
    public void Suppression_attributes_carry_a_justification()
    {
        var silent = Product.Where(file => Suppression().Matches(Checkout.Read(file)).Any(match => !match.Value.Contains("Justification")));

        Assert.Empty(silent);
    }

    [Fact]
    public void Nothing_is_left_to_do() =>
        Assert.Empty(Product.Where(file => Regex.IsMatch(Checkout.Read(file), @"//.*\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")));

    [Fact]
    public void There_is_no_shell() =>
        Assert.Empty(Product.Where(file => Regex.IsMatch(Checkout.Read(file), "\"(/bin/)?(sh|bash|cmd\\.exe|powershell)\"")));

    [Fact]
    public void Product_never_speaks_of_tests_assemblies() =>
        Assert.Empty(Product.Where(file => Regex.IsMatch(Checkout.Read(file), @"using GitOpsToolkit\.[A-Za-z.]*Tests?;|using GitOpsToolkit\.TestKit")));

    [GeneratedRegex(@"\[(?:[a-z]+:\s*)?(?:Unconditional)?SuppressMessage\((?:[^()]|\([^()]*\))*\)", RegexOptions.Singleline)]
    private static partial Regex Suppression();
}
