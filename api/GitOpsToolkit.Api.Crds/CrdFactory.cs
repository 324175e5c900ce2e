using System.Text.Json.Nodes;
using GitOpsToolkit.Api.Json;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Api.Schema;

namespace GitOpsToolkit.Api.Crds;

/// <summary>Makes a CustomResourceDefinition (apiextensions.k8s.io/v1) of a record.</summary>
/// <param name="docs">The descriptions.</param>
/// <param name="version">The version of the product, for the label.</param>
internal sealed class CrdFactory(DocComments docs, Version version)
{
    /// <summary>Makes the CRD of one kind.</summary>
    public JsonObject Create<T>()
        where T : ToolkitObject, IToolkitKind
    {
        var kind = T.ResourceKind;
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = Metadata(kind),
            ["spec"] = new JsonObject
            {
                ["group"] = kind.Group,
                ["names"] = new JsonObject
                {
                    ["categories"] = Strings(kind.Categories),
                    ["kind"] = kind.Kind,
                    ["listKind"] = kind.Kind + "List",
                    ["plural"] = kind.Plural,
                    ["shortNames"] = Strings(kind.ShortNames),
                    ["singular"] = kind.Singular,
                },
                ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(ServedVersion<T>(kind)),
            },
        };
    }

    private JsonObject ServedVersion<T>(ResourceKind kind) => new()
    {
        ["name"] = kind.Version,
        ["served"] = true,
        ["storage"] = true,
        ["additionalPrinterColumns"] = new JsonArray([.. kind.Columns.Select(Column)]),
        ["schema"] = new JsonObject { ["openAPIV3Schema"] = new SchemaBuilder(ToolkitJson.Options, docs).Kind(typeof(T)) },
        ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
    };

    private JsonObject Metadata(ResourceKind kind)
    {
        var metadata = new JsonObject
        {
            ["name"] = $"{kind.Plural}.{kind.Group}",
            ["labels"] = new JsonObject
            {
                [WellKnown.ComponentLabel] = kind.Controller,
                [WellKnown.PartOfLabel] = WellKnown.PartOfValue,
                [WellKnown.VersionLabel] = $"v{version.ToString(3)}",
            },
        };
        if (kind.SubstituteDisabled)
        {
            metadata["annotations"] = new JsonObject { [WellKnown.SubstituteAnnotation] = "disabled" };
        }

        return metadata;
    }

    private static JsonObject Column(PrinterColumn column)
    {
        var json = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority != 0)
        {
            json["priority"] = column.Priority;
        }

        return json;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
