using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>The <c>namespace</c> field: moves every namespaced object, and the fields that name its namespace.</summary>
internal static class NamespaceTransformer
{
    private static readonly FieldSpec[] Fields =
    [
        new("metadata/name", Create: true, Kind: "Namespace"),
        new("spec/service/namespace", Create: true, Group: "apiregistration.k8s.io", Kind: "APIService"),
        new("spec/conversion/webhook/clientConfig/service/namespace", Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"),
    ];

    internal static void Apply(ResourceSet set, string target)
    {
        foreach (var resource in set.Items)
        {
            resource.StorePreviousId();
            if (!resource.Id.IsClusterScoped)
            {
                resource.SetMetadata("namespace", target);
            }

            if (resource.Kind is "RoleBinding" or "ClusterRoleBinding")
            {
                MoveDefaultSubjects(resource, target);
            }

            SetFields(resource, target);
        }

        set.IdsChanged();
    }

    private static void SetFields(Resource resource, string target)
    {
        foreach (var field in Fields)
        {
            // Only the core Namespace carries its own name as the namespace; another group's kind of that name does not.
            if (field.Path == "metadata/name" && resource.Body.Text("apiVersion") != "v1")
            {
                continue;
            }

            FieldWalker.Apply(resource, field, () => "", value => value is JsonValue
                ? target
                : throw resource.Fault("the namespace can only be set on a scalar", field.Path));
        }
    }

    /// <summary>Subjects named <c>default</c> are the namespace's own account; others are found by name references.</summary>
    private static void MoveDefaultSubjects(Resource resource, string target)
    {
        if (resource.Body["subjects"] is not JsonArray subjects)
        {
            return;
        }

        foreach (var subject in subjects.OfType<JsonObject>().Where(subject => subject.Text("name") == "default"))
        {
            subject["namespace"] = target;
        }
    }
}
