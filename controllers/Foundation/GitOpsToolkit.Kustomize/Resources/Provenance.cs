using System.Text.Json.Nodes;
using GitOpsToolkit.Yaml;

namespace GitOpsToolkit.Kustomize.Resources;

/// <summary>Where an object comes from, as the annotations that <c>buildMetadata</c> asks for tell it.</summary>
/// <param name="Path">The file of an object that was read; empty for others.</param>
/// <param name="ConfiguredIn">The file with the configuration of the generator or transformer; empty for objects that were read.</param>
/// <param name="ApiVersion">The type of that configuration.</param>
/// <param name="Kind">The kind of that configuration.</param>
/// <param name="Name">Its name; empty for fields of a kustomization.</param>
/// <param name="Namespace">Its namespace, or empty.</param>
internal sealed record SourceNote(
    string Path, string ConfiguredIn = "", string ApiVersion = "", string Kind = "", string Name = "", string Namespace = "")
{
    internal static SourceNote Builtin(string file, string kind) => new("", file, "builtin", kind);

    internal JsonObject ToJson()
    {
        var note = new JsonObject();
        void Put(JsonObject map, string field, string value)
        {
            if (value.Length > 0)
            {
                map[field] = value;
            }
        }

        Put(note, "path", Path);
        Put(note, "configuredIn", ConfiguredIn);
        if (Kind.Length > 0)
        {
            var by = new JsonObject();
            Put(by, "apiVersion", ApiVersion);
            Put(by, "kind", Kind);
            Put(by, "name", Name);
            Put(by, "namespace", Namespace);
            note["configuredBy"] = by;
        }

        return note;
    }
}

/// <summary>The source of an object and the transformers that had it before them.</summary>
internal sealed class Provenance
{
    private List<SourceNote>? _transformations;

    /// <summary>Where it comes from; null when nobody asked, or it is not known yet.</summary>
    internal SourceNote? Source { get; set; }

    internal void AddTransformation(SourceNote note)
    {
        if (Source is null)
        {
            Source = note;
            return;
        }

        (_transformations ??= []).Add(note);
    }

    internal string? SourceText => Source is null ? null : YamlWriter.Write(Source.ToJson());

    internal string? TransformationsText
    {
        get
        {
            if (_transformations is null)
            {
                return null;
            }

            var list = new JsonArray();
            foreach (var note in _transformations)
            {
                list.Add((JsonNode)note.ToJson());
            }

            return YamlWriter.Write(list);
        }
    }
}
