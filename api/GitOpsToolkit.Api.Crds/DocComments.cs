using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace GitOpsToolkit.Api.Crds;

/// <summary>The summaries in the XML documentation of an assembly, as plain text.</summary>
internal sealed class DocComments
{
    private readonly Dictionary<string, string> _summaries;

    private DocComments(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the documentation file that the compiler wrote beside an assembly.</summary>
    public static DocComments Load(string path) => new(XDocument.Load(path).Descendants("member")
        .Where(m => m.Element("summary") is not null)
        .ToDictionary(m => (string)m.Attribute("name")!, m => Text(m.Element("summary")!)));

    /// <summary>The summary of a type.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public string Of(Type type) => Find($"T:{Name(type)}");

    /// <summary>The summary of a property.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public string Of(PropertyInfo property) => Find($"P:{Name(property.DeclaringType!)}.{property.Name}");

    private string Find(string id) =>
        _summaries.TryGetValue(id, out var summary) ? summary : throw new InvalidOperationException($"{id} has no documentation; a CRD field needs a summary");

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    /// <summary>Joins the lines, and keeps of references the last part of the name.</summary>
    private static string Text(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" } see => ((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? "").Split('.', ':')[^1],
                XElement inner => inner.Value,
                _ => "",
            });
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
