using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Api.Crds.Tests;

/// <summary>The user's manual in api/specs says what the CRDs say.</summary>
public sealed partial class SpecPagesTests
{
    /// <summary>What several pages share is described once, in prose.</summary>
    private static readonly HashSet<string> Opaque = ["conditions", "artifact", "includedArtifacts"];

    public static TheoryData<string> Kinds => SchemaTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_has_its_row(string kind)
    {
        var schema = Crds.Of(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!;
        var page = Page(kind);

        Assert.Equal(Rows(schema["spec"]!, "", []), Tables(page, "Spec"));
        Assert.Equal(Rows(schema["status"]!, "", Opaque), Tables(page, "Status"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_shows_the_sample(string kind)
    {
        var sample = Directory.GetFiles(Path.Combine(SourceTree.Root, "config", "samples"), $"*_{kind.ToLowerInvariant()}.yaml").Single();

        Assert.Contains(File.ReadAllText(sample).Trim(), Page(kind), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_states_the_rules_of_the_API_server(string kind)
    {
        var rules = Crds.Of(kind)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["x-kubernetes-validations"];

        Assert.All((rules?.AsArray() ?? []).Select(r => (string)r!["message"]!), message => Assert.Contains(message, Page(kind), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_page_lists_what_the_controller_does_not_honour(string kind)
    {
        var page = Page(kind);
        var section = page.Split("\n## ").SingleOrDefault(s => s.StartsWith("Not honoured yet\n", StringComparison.Ordinal)) ?? "";
        var listed = NotHonoured().Matches(section).Select(m => m.Groups["field"].Value + (m.Groups["only"].Success ? "=" + m.Groups["only"].Value.Replace("`", "", StringComparison.Ordinal).Replace(", ", "|", StringComparison.Ordinal) : ""));

        Assert.Equal(UnsupportedBy(kind).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        foreach (var field in listed.Select(l => l.Split('=')[0]))
        {
            Assert.Contains($"| `{field}`", page, StringComparison.Ordinal);
            Assert.All(page.Split('\n').Where(l => Row().Match(l).Groups["name"].Value is { Length: > 0 } name && IsBelow(name, field)), l => Assert.Contains('†', l));
        }
    }

    /// <summary>The list that a kind's reconciler states in its source, in the form of the helper that reads it.</summary>
    private static IEnumerable<string> UnsupportedBy(string kind)
    {
        var file = Directory.GetFiles(Path.Combine(SourceTree.Root, "controllers"), "*.cs", SearchOption.AllDirectories)
            .SingleOrDefault(f => string.Equals(Path.GetFileName(f), kind + "Reconciler.cs", StringComparison.OrdinalIgnoreCase));
        var list = file is null ? null : List().Match(File.ReadAllText(file));
        return list is { Success: true } ? Quoted().Matches(list.Groups["items"].Value).Select(m => m.Groups["item"].Value) : [];
    }

    private static bool IsBelow(string name, string field) =>
        name == field || name.StartsWith(field + ".", StringComparison.Ordinal) || name.StartsWith(field + "[", StringComparison.Ordinal);

    private static string Page(string kind) => File.ReadAllText(Path.Combine(SourceTree.Root, "api", "specs", kind.ToLowerInvariant() + ".md"));

    /// <summary>Name, required mark, default and description of each row below a heading; the mark of fields not honoured does not count.</summary>
    private static IEnumerable<string> Tables(string page, string heading) =>
        page.Split("\n## ").Single(s => s.StartsWith(heading + "\n", StringComparison.Ordinal)).Split('\n')
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => $"{match.Groups["name"]}{(match.Groups["marks"].Value.Contains('*') ? "*" : "")} [{match.Groups["default"]}] {match.Groups["text"]}".Replace("\\|", "|", StringComparison.Ordinal));

    private static IEnumerable<string> Rows(JsonNode schema, string path, HashSet<string> opaque)
    {
        var required = schema["required"].Strings().ToHashSet();
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            var filled = field!["default"] is { } value ? $"`{(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : Plain(value))}`" : "";
            yield return $"{at}{(required.Contains(name) ? "*" : "")} [{filled}] {field["description"]}";
            var inner = opaque.Contains(at)
                ? []
                : Rows(field, at, opaque)
                    .Concat(field["items"] is JsonObject item ? Rows(item, at + "[]", opaque) : [])
                    .Concat(field["additionalProperties"] is JsonObject entry ? Rows(entry, at + "{}", opaque) : []);
            foreach (var row in inner)
            {
                yield return row;
            }
        }
    }

    private static string Plain(JsonNode value) =>
        value.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [GeneratedRegex(@"^\| `(?<name>[^`]+)`(?<marks>[ *†]*) \| (?<type>[^|]*) \| (?<default>(?:[^|\\]|\\.)*?) ?\| (?<check>(?:[^|\\]|\\.)*) \| (?<text>(?:[^|\\]|\\.)*) \|$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex(@"^- `(?<field>[^`]+)`(: only (?<only>.+))?$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex NotHonoured();

    [GeneratedRegex(@"Unsupported(Fields)?\s*=\s*\[(?<items>[^;}]*?)\]\s*[;,]", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex List();

    [GeneratedRegex("\"(?<item>[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();
}
