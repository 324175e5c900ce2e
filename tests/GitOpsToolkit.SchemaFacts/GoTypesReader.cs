using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsToolkit.SchemaFacts;

/// <summary>
/// Reads the types of Kubernetes' API from their Go source (<c>k8s.io/api</c> and its siblings below a GOPATH's <c>src</c>): the tags
/// <c>patchStrategy</c> and <c>patchMergeKey</c> and the markers <c>+listMapKey</c>, from which OpenAPI documents are made.
/// </summary>
internal static partial class GoTypesReader
{
    private const string Object = "+k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object";

    /// <param name="newest">The minor version of Kubernetes that the source is of.</param>
    /// <param name="source">The folder that holds <c>k8s.io</c>.</param>
    /// <param name="folders">Folders below it whose subfolders <c>GROUP/VERSION</c>, or which themselves, hold <c>types.go</c>.</param>
    internal static SchemaModel Read(int newest, string source, params string[] folders)
    {
        var model = new SchemaModel();
        var removed = new List<(int Minor, (string, string) Kind)>();
        var inlined = new List<(string Type, string Inlined)>();
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(source, folder), "types*.go", SearchOption.AllDirectories))
            .Where(file => !Path.GetFileName(file).Contains("swagger", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var package = Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace('\\', '/');
            if (Path.GetFileName(package) is ['v', >= '0' and <= '9', ..])
            {
                new GoFile(package, Group(Path.GetDirectoryName(file)!), model, inlined, removed).Read(File.ReadAllLines(file));
            }
        }

        // Types of versions that are served no longer stay in the source; their lists are none of the current ones.
        foreach (var (_, kind) in removed.Where(kind => kind.Minor <= newest))
        {
            model.Kinds.Remove(kind);
        }

        foreach (var (type, other) in inlined.Where(pair => model.Types.ContainsKey(pair.Inlined)))
        {
            foreach (var (field, value) in model.Types[other])
            {
                model.Types[type].TryAdd(field, value);
            }
        }

        return model;
    }

    private static string? Group(string folder)
    {
        var register = Path.Combine(folder, "register.go");
        return File.Exists(register) && GroupName().Match(File.ReadAllText(register)) is { Success: true } found ? found.Groups[1].Value : null;
    }

    [GeneratedRegex(@"prerelease-lifecycle-gen:removed=1\.(\d+)")]
    private static partial Regex Removed();

    [GeneratedRegex("GroupName\\s*=\\s*\"([^\"]*)\"")]
    private static partial Regex GroupName();

    [GeneratedRegex("^\\s*(?:import\\s+)?(\\w+)?\\s*\"(k8s\\.io/[^\"]+)\"")]
    private static partial Regex Import();

    [GeneratedRegex("^type (\\w+) struct \\{")]
    private static partial Regex Struct();

    [GeneratedRegex("^\\t(?:(\\w+)\\s+)?([\\w\\[\\]*.]+)\\s+`(.*)`")]
    private static partial Regex Field();

    [GeneratedRegex("(\\w+):\"([^\"]*)\"")]
    private static partial Regex Tag();

    /// <summary>One file of a package.</summary>
    private sealed class GoFile(string package, string? group, SchemaModel model, List<(string, string)> inlined, List<(int, (string, string))> removed)
    {
        private readonly Dictionary<string, string> _imports = new(StringComparer.Ordinal);
        private readonly List<string> _comments = [];
        private bool _isObject;
        private int? _removed;

        internal void Read(IEnumerable<string> lines)
        {
            string? type = null;
            foreach (var line in lines)
            {
                var text = line.Trim();
                if (text.StartsWith("//", StringComparison.Ordinal))
                {
                    _comments.Add(text);
                    _removed = Removed().Match(text) is { Success: true } minor ? int.Parse(minor.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : _removed;
                    _isObject |= type is null && text.Contains(Object, StringComparison.Ordinal);
                }
                else if (type is null)
                {
                    type = Outside(line);
                }
                else if (text == "}")
                {
                    type = null;
                    _isObject = false;
                }
                else
                {
                    Add(type, line);
                    _comments.Clear();
                }
            }
        }

        private string? Outside(string line)
        {
            if (Import().Match(line) is { Success: true } import)
            {
                var path = import.Groups[2].Value;
                _imports[import.Groups[1].Length > 0 ? import.Groups[1].Value : Path.GetFileName(path)] = path;
            }

            if (Struct().Match(line) is not { Success: true } found)
            {
                // A blank line may stand between the markers of a type and its description.
                _isObject &= line.Length == 0;
                _removed = line.Length == 0 ? _removed : null;
                return null;
            }

            var name = NameOf(found.Groups[1].Value);
            model.Types[name] = new Dictionary<string, SchemaField>(StringComparer.Ordinal);
            if (_isObject && group is not null)
            {
                var version = Path.GetFileName(package);
                var kind = (group.Length > 0 ? $"{group}/{version}" : version, found.Groups[1].Value);
                model.Kinds[kind] = name;
                if (_removed is { } minor)
                {
                    removed.Add((minor, kind));
                }
            }

            _comments.Clear();
            _removed = null;
            return name;
        }

        private void Add(string type, string line)
        {
            if (Field().Match(line) is not { Success: true } field)
            {
                return;
            }

            var tags = Tag().Matches(field.Groups[3].Value).ToDictionary(tag => tag.Groups[1].Value, tag => tag.Groups[2].Value);
            var json = tags.GetValueOrDefault("json", "").Split(',');
            var isList = field.Groups[2].Value.StartsWith("[]", StringComparison.Ordinal);
            var reference = NameOf(field.Groups[2].Value.Replace("[]", "", StringComparison.Ordinal).TrimStart('*'));
            if (json.Contains("inline"))
            {
                inlined.Add((type, reference));
                return;
            }

            var isMerged = isList && tags.GetValueOrDefault("patchStrategy", "").Split(',').Contains("merge");
            model.Types[type][json[0]] = new SchemaField(isMerged ? Keys(tags) : null, reference, isList);
        }

        private string[] Keys(Dictionary<string, string> tags)
        {
            const string Marker = "+listMapKey=";
            string[] keys = [.. _comments.Where(comment => comment.Contains(Marker, StringComparison.Ordinal))
                .Select(comment => comment[(comment.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..].Trim())];
            if (keys.Length > 0)
            {
                return keys;
            }

            return tags.TryGetValue("patchMergeKey", out var key) ? [key] : [];
        }

        /// <summary>The OpenAPI name of a Go type.</summary>
        private string NameOf(string type)
        {
            var (from, name) = type.Split('.') is [var alias, var other] ? (_imports.GetValueOrDefault(alias, alias), other) : (package, type);
            return $"{from.Replace("k8s.io/", "io.k8s.", StringComparison.Ordinal).Replace('/', '.')}.{name}";
        }
    }
}
