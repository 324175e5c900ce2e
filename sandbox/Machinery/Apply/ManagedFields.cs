using System.Text.Json.Nodes;

namespace GitOpsToolkit.Sandbox.Machinery.Apply;

/// <summary>Who owns fields: a manager's name, what it did, and through which subresource. An applier is the same in every version.</summary>
internal sealed record ManagerKey(string Manager, bool IsApply, string ApiVersion, string Subresource)
{
    public static ManagerKey Applier(string manager, string subresource) => new(manager, true, "", subresource);

    /// <summary>As conflict messages name it.</summary>
    public string Display()
    {
        var text = GoText.Quote(Manager);
        if (Subresource.Length > 0)
        {
            text = $"{text} with subresource {GoText.Quote(Subresource)}";
        }

        return IsApply ? text : $"{text} using {ApiVersion}";
    }
}

/// <summary>What one manager owns.</summary>
internal sealed record ManagerEntry(FieldSet Fields, string ApiVersion, string? Time);

/// <summary>The managers of an object, as <c>metadata.managedFields</c> lists them.</summary>
internal sealed class ManagedFields : Dictionary<ManagerKey, ManagerEntry>
{
    /// <summary>Reads the list; null if it is malformed.</summary>
    public static ManagedFields? TryRead(JsonArray? entries)
    {
        var managed = new ManagedFields();
        foreach (var entry in entries ?? [])
        {
            var operation = Json.Text(entry, "operation");
            var apiVersion = Json.Text(entry, "apiVersion") ?? "";
            if (operation is not ("Apply" or "Update") || apiVersion.Length == 0 || Json.Text(entry, "fieldsType") != "FieldsV1")
            {
                return null;
            }

            var apply = operation == "Apply";
            try
            {
                var key = new ManagerKey(Json.Text(entry, "manager") ?? "", apply, apply ? "" : apiVersion, Json.Text(entry, "subresource") ?? "");
                managed[key] = new ManagerEntry(FieldSet.FromJson(Json.Object(entry, "fieldsV1") ?? []), apiVersion, Json.Text(entry, "time"));
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return managed;
    }

    /// <summary>Writes the list into an object's metadata; no managers, no list.</summary>
    public void WriteTo(JsonObject obj)
    {
        var metadata = Json.Ensure(obj, "metadata");
        metadata.Remove("managedFields");
        if (Count == 0)
        {
            return;
        }

        var sorted = this.OrderBy(e => e.Key.IsApply ? 0 : 1)
            .ThenBy(e => e.Value.Time ?? "", StringComparer.Ordinal)
            .ThenBy(e => e.Key.Manager, StringComparer.Ordinal)
            .ThenBy(e => e.Value.ApiVersion, StringComparer.Ordinal)
            .ThenBy(e => e.Key.Subresource, StringComparer.Ordinal);
        metadata["managedFields"] = new JsonArray([.. sorted.Select(e => Write(e.Key, e.Value))]);
    }

    private static JsonObject Write(ManagerKey key, ManagerEntry entry)
    {
        var json = new JsonObject
        {
            ["manager"] = key.Manager,
            ["operation"] = key.IsApply ? "Apply" : "Update",
            ["apiVersion"] = entry.ApiVersion,
        };
        if (entry.Time is not null)
        {
            json["time"] = entry.Time;
        }

        json["fieldsType"] = "FieldsV1";
        json["fieldsV1"] = entry.Fields.ToJson();
        if (key.Subresource.Length > 0)
        {
            json["subresource"] = key.Subresource;
        }

        return json;
    }
}
