using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsToolkit.Yaml;

/// <summary>
/// Writes JSON as YAML with the bytes that sigs.k8s.io/yaml (JSONToYAML, which <c>kustomize build</c> prints with) gives: block style,
/// two spaces,
/// lists not indented under their key, literal blocks for text of several lines, quotes where the bare text would read as another type.
/// </summary>
public static class YamlWriter
{
    /// <summary>Writes one document, with a final line end and no <c>---</c>.</summary>
    public static string Write(JsonNode? root, YamlWriterOptions? options = null)
    {
        var text = new StringBuilder();
        Write(text, root, options);
        return text.ToString();
    }

    /// <summary>Writes documents with <c>---</c> lines between them.</summary>
    public static string WriteAll(IEnumerable<JsonNode?> roots, YamlWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(roots);
        var text = new StringBuilder();
        var first = true;
        foreach (var root in roots)
        {
            if (!first)
            {
                text.Append("---\n");
            }

            first = false;
            Write(text, root, options);
        }

        return text.ToString();
    }

    /// <summary>Appends one document.</summary>
    public static void Write(StringBuilder target, JsonNode? root, YamlWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        new BlockWriter(new Emitter(target, (options ?? YamlWriterOptions.Default).Width),
            (options ?? YamlWriterOptions.Default).SortKeys).WriteRoot(root);
    }

    /// <summary>
    /// The YAML text of a JSON number: integers as they are, floats as Go prints them (<c>1.20</c> → <c>1.2</c>, 1500000.5 →
    /// <c>1.5000005e+06</c>).
    /// </summary>
    internal static string Number(JsonValue value)
    {
        var json = value.TryGetValue<JsonElement>(out var element) ? element.GetRawText() : value.ToJsonString();
        if (json.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            // Go first prints the double as JSON and then reads that as YAML: a whole number in there becomes an integer.
            json = NumberSyntax.ToJson(double.Parse(json, System.Globalization.CultureInfo.InvariantCulture));
        }

        return NumberSyntax.TryInteger(json, out var digits)
            ? digits
            : NumberSyntax.Go(double.Parse(json, System.Globalization.CultureInfo.InvariantCulture), 6);
    }
}
