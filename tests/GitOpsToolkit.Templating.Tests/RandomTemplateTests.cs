using CsCheck;

namespace GitOpsToolkit.Templating.Tests;

/// <summary>Whatever a template says: it gives a text or a <see cref="TemplateException"/>, and soon.</summary>
public sealed class RandomTemplateTests
{
    private static readonly TemplateOptions Small = new() { MaxSteps = 20_000, MaxOutput = 20_000 };

    private static readonly string[] Atoms =
    [
        ".", ".name", ".list", ".nested.a.k", ".labels", ".nope", ".nope.x", ".nil", ".change", ".pointer.NewValue", ".nilPointer", ".object",
        ".numbered", ".mixed", "$", "$x", "$.people", "1", "-7", "0", "3.5", "1e30", "9223372036854775807", "'a'", "\"\"", "\"abc\"", "\"1.2.3\"",
        "\"[a-z]*\"", "\"%d %s %v %5.2f\"", "`raw`", "true", "false", "nil", "\"\\xff\"", "\"2006-01-02\"", "\"http://a/b?c\"", "\"{\\\"a\\\":[1]}\"",
    ];

    private static readonly string[] Functions = [.. FunctionTable.Hermetic.Names];

    private static readonly Gen<string> Operand = Gen.Recursive<string>((depth, self) => depth > 2
        ? OneOf(Atoms)
        : Gen.Frequency((3, OneOf(Atoms)), (2, Call(self).Select(call => $"({call})")), (1, Call(self).Select(call => $"({call}).x"))));

    private static readonly Gen<string> Pipeline = Gen.Select(Call(Operand), OneOf("", "", " | toString", " | len", " | print 1", " | default 2"))
        .Select((call, more) => call + more);

    private static readonly Gen<string> Block = Gen.Recursive<string>((depth, self) =>
    {
        var action = Pipeline.Select(pipeline => $"{{{{{pipeline}}}}}");
        return depth > 3 ? action : Gen.OneOf(
            action,
            Gen.String[Gen.Char[' ', '~'], 0, 8],
            Gen.Select(Pipeline, self, self).Select((pipe, a, b) => $"{{{{if {pipe}}}}}{a}{{{{else}}}}{b}{{{{end}}}}"),
            Gen.Select(Pipeline, self).Select((pipe, a) => $"{{{{- with $x := {pipe} -}}}}{a}{{{{end}}}}"),
            Gen.Select(Pipeline, self, self).Select((pipe, a, b) => $"{{{{range $i, $x := {pipe}}}}}{a}{{{{break}}}}{{{{else}}}}{b}{{{{end}}}}"),
            Gen.Select(self, self).Select((a, b) => $"{{{{define \"d\"}}}}{a}{{{{end}}}}{{{{template \"d\" .}}}}{b}"),
            Gen.Select(self, self).Select((a, b) => a + b));
    });

    private static readonly GoValue Data = GoData.Values(Path.Combine(AppContext.BaseDirectory, "Oracle", "data.json"));

    [Fact]
    public void WellFormedTemplatesFailInOneWayOnly() => Block.Sample(block => Run("{{$x := 0}}" + block), iter: 5000);

    [Fact]
    public void CutAndDamagedTemplatesFailInOneWayOnly() =>
        Gen.Select(Block, Gen.Int[0, 200], OneOf("", "{{", "}}", "(", ")", "\"", "`", "|", ".", "$", "\\", "-", "é", "\0", "{{end}}"))
            .Sample((block, place, piece) => Run(block[..Math.Min(place, block.Length)] + piece + block[Math.Min(place + 1, block.Length)..]), iter: 5000);

    [Fact]
    public void AnyTextFailsInOneWayOnly() => Gen.String[Gen.OneOf(OneOf("{}-.$|()\"`'\\/* \n0x=:,".ToCharArray()), Gen.Char), 0, 60].Sample(Run, iter: 5000);

    /// <summary>Every function with any arguments, one by one.</summary>
    [Fact]
    public void FunctionsFailInOneWayOnly() =>
        Gen.Select(OneOf(Functions), Operand.Array[0, 4]).Sample((name, operands) => Run($"{{{{$x := .}}}}{{{{{name} {string.Join(' ', operands)}}}}}"), iter: 10_000);

    private static Gen<string> Call(Gen<string> operand) => Gen.Frequency(
        (2, operand),
        (3, Gen.Select(OneOf(Functions), operand.Array[0, 3]).Select((name, operands) => $"{name} {string.Join(' ', operands)}")));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static void Run(string text)
    {
        try
        {
            Assert.NotNull(Template.Parse("t", text, Small).Execute(Fresh()));
        }
        catch (TemplateException error)
        {
            Assert.True(error.Line >= 1 && error.Column >= 0);
        }
    }

    /// <summary>The data for one run: templates can write to maps.</summary>
    private static GoValue Fresh() => GoValue.MapOf(Data.Map!.Sorted());
}
