using GitOpsToolkit.Sandbox.ApiServer.Http;
using GitOpsToolkit.Sandbox.ApiServer.Objects;
using GitOpsToolkit.Sandbox.ApiServer.Resources;
using GitOpsToolkit.Sandbox.ApiServer.Storage;
using GitOpsToolkit.Sandbox.Machinery.Selectors;

namespace GitOpsToolkit.Sandbox.ApiServer.Verbs;

/// <summary>Which objects a list, a watch or a deletecollection is about.</summary>
internal sealed class Selection
{
    private readonly ResourceDefinition resource;
    private readonly string space;
    private readonly string name;
    private readonly LabelSelector labels;
    private readonly FieldSelector fields;
    private readonly List<FieldRequirement> contentFields;

    private Selection(ApiCall call)
    {
        resource = call.Resource;
        space = call.Namespace;
        name = call.Name;
        labels = LabelSelector.Parse(call.Query("labelSelector"));
        fields = FieldSelector.Parse(call.Query("fieldSelector"));
        fields.Check(resource.Group, resource.Version, resource.Kind, resource.Custom is null ? null : [.. resource.SelectableFields]);
        contentFields = [.. fields.Requirements.Where(f => f.Path is not ("metadata.name" or "metadata.namespace"))];
    }

    /// <summary>Whether everything is selected: then the number of remaining items is known.</summary>
    public bool IsEverything => labels.IsEmpty && fields.IsEmpty;

    public static Selection Of(ApiCall call) => new(call);

    /// <summary>The keys of the namespace start with this; empty for all.</summary>
    public string KeyPrefix => space.Length == 0 ? "" : space + "/";

    public bool Matches(StoredObject stored)
    {
        if (space.Length > 0 && stored.Id.Namespace != space || name.Length > 0 && stored.Id.Name != name || !labels.Matches(stored.Labels))
        {
            return false;
        }

        foreach (var field in fields.Requirements)
        {
            var value = field.Path switch
            {
                "metadata.name" => stored.Id.Name,
                "metadata.namespace" => stored.Id.Namespace,
                _ => null,
            };
            if (value is not null && value == field.Value != field.Equal)
            {
                return false;
            }
        }

        return contentFields.Count == 0 || fields.Matches(ObjectWriter.Served(resource, stored));
    }
}
