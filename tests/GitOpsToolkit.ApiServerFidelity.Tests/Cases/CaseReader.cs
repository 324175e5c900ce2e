using System.Text.Json.Nodes;
using GitOpsToolkit.ApiServerFidelity.Tests.Comparing;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.ApiServerFidelity.Tests.Cases;

/// <summary>Reads cases from YAML files: one document, one case. A file whose name begins with "_" belongs to others.</summary>
internal static class CaseReader
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

    private static readonly Dictionary<string, string> ShortTypes = new()
    {
        ["json"] = "application/json-patch+json",
        ["merge"] = "application/merge-patch+json",
        ["strategic"] = "application/strategic-merge-patch+json",
        ["apply"] = "application/apply-patch+yaml",
    };

    /// <summary>All cases under a folder, in the order of their names.</summary>
    public static IReadOnlyList<FidelityCase> ReadFolder(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith('_'))
            .Order(StringComparer.Ordinal)
            .SelectMany(file => Read(File.ReadAllText(file), Path.ChangeExtension(Path.GetRelativePath(folder, file), null), Path.GetDirectoryName(file)!)),
    ];

    /// <summary>The explanations that hold for every case.</summary>
    public static IReadOnlyList<Explanation> ReadShared(string folder)
    {
        var file = Path.Combine(folder, "_explained.yaml");
        return [.. YamlReader.ReadOne(File.ReadAllText(file)).Root!.AsArray().Select(e => ReadExplanation(new(e!.AsObject(), "_explained")))];
    }

    /// <summary>The cases of one file.</summary>
    /// <exception cref="InvalidDataException">A document is no case.</exception>
    public static IReadOnlyList<FidelityCase> Read(string text, string area, string folder)
    {
        var cases = YamlReader.ReadAll(text).Where(d => d.Root is not null).Select(d => ReadCase(d.Root!.AsObject(), area, folder)).ToList();
        var twice = cases.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? cases : throw new InvalidDataException($"{twice.Key}: two cases have this name");
    }

    private static FidelityCase ReadCase(JsonObject tree, string area, string folder)
    {
        var fields = new Fields(tree, area);
        var name = area + ": " + (fields.Text("name") ?? throw fields.Wrong("a case needs a name"));
        fields = new(tree, name);
        var result = new FidelityCase(
            name,
            tree.ToJsonString(),
            fields.Text("setup") is { } setup ? ReadSteps(Tree(folder, setup).AsArray(), setup, folder) : [],
            ReadSteps(fields.List("steps"), name, folder))
        {
            Since = fields.Version("since"),
            Alone = fields.Flag("alone"),
            Extensions = fields.Flag("extensions"),
            Explained = [.. fields.List("explained").Select(e => ReadExplanation(new(e!.AsObject(), name)))],
        };
        fields.Done("name");
        return result.Steps.Count > 0 ? result : throw fields.Wrong("a case needs steps");
    }

    private static Explanation ReadExplanation(Fields fields)
    {
        var result = new Explanation([.. fields.Texts("at").Select(PathPattern.Parse)], fields.Text("why") ?? throw fields.Wrong("an explanation says why"))
        {
            Steps = [.. fields.Texts("step").Select(int.Parse)],
            Until = fields.Version("until"),
            Since = fields.Version("since"),
            Limit = fields.Text("limit"),
            Added = fields.Flag("added"),
            Is = fields.Node("is")?.DeepClone(),
        };
        fields.Done();
        return result.At.Count > 0 && ((result.Until ?? result.Since) is not null || result.Limit is not null)
            ? result
            : throw fields.Wrong("an explanation says where (at), and either for which versions (since, until) or by which limit");
    }

    private static List<Step> ReadSteps(JsonArray steps, string name, string folder) =>
        [.. steps.Select((s, i) => ReadStep(new(s!.AsObject(), $"{name}, step {i + 1}"), folder))];

    private static Step ReadStep(Fields fields, string folder)
    {
        Step step = fields switch
        {
            _ when fields.Text("EVENTS") is { } watch => new EventsStep(watch)
            {
                Count = int.Parse(fields.Text("count") ?? "0"),
                UntilType = fields.Text("until"),
                End = fields.Flag("end"),
            },
            _ when fields.Text("CLOSE") is { } watch => new CloseStep(watch),
            _ when fields.Text("WATCH") is { } path => Request(fields, "GET", path, folder) with { Watch = fields.Text("name") ?? "watch" },
            _ => Methods.FirstOrDefault(m => fields.Text(m) is not null) is { } method
                ? Request(fields, method, fields.Text(method)!, folder)
                : throw fields.Wrong("a step begins with a method, WATCH, EVENTS or CLOSE"),
        };
        fields.Done();
        return step is not EventsStep { Count: 0, UntilType: null, End: false } ? step : throw fields.Wrong("EVENTS says what to wait for: count, until or end");
    }

    private static RequestStep Request(Fields fields, string method, string path, string folder)
    {
        var headers = fields.Map("headers").ToDictionary(p => p.Key, p => p.Value!.ToString());
        headers.TryAdd("Accept", fields.Text("accept") ?? "application/json");
        if (fields.Text("user") is { } user)
        {
            headers["Impersonate-User"] = user;
        }

        foreach (var group in fields.Texts("groups"))
        {
            headers["Impersonate-Group"] = headers.TryGetValue("Impersonate-Group", out var others) ? others + "\n" + group : group;
        }

        var type = fields.Text("type") ?? "application/json";
        return new(method, path)
        {
            Headers = headers,
            Type = ShortTypes.GetValueOrDefault(type, type),
            Body = fields.Text("file") is { } file ? Tree(folder, file) : fields.Node("body"),
            Bytes = fields.Text("base64") is { } base64 ? Convert.FromBase64String(base64) : null,
            Token = fields.Text("token"),
            Part = fields.Text("part"),
            Capture = fields.Map("capture").ToDictionary(p => p.Key, p => p.Value!.ToString()),
            Until = fields.Map("until").ToDictionary(p => p.Key, p => p.Value),
        };
    }

    private static JsonNode Tree(string folder, string file) => YamlReader.ReadOne(File.ReadAllText(Path.Combine(folder, file)), file).Root!;
}
