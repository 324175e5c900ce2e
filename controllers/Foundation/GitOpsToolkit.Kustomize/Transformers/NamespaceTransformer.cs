using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>Which subjects of role bindings move along with the namespace.</summary>
internal enum SubjectMode
{
    /// <summary>Those named <c>default</c>: the namespace's own account.</summary>
    DefaultOnly,

    /// <summary>All service accounts.</summary>
    AllServiceAccounts,

    /// <summary>None.</summary>
    None,
}

/// <summary>Moves every namespaced object into a namespace, and the fields that name its namespace.</summary>
/// <param name="target">The namespace.</param>
/// <param name="fields">The further fields that hold it.</param>
/// <param name="subjects">The subjects that move along.</param>
/// <param name="unsetOnly">Whether what is set already stays.</param>
internal sealed class NamespaceTransformer(
    string target, IReadOnlyList<FieldSpec> fields, SubjectMode subjects = SubjectMode.DefaultOnly, bool unsetOnly = false) : ITransformer
{
    private const string HelmGenerated = "internal.config.kubernetes.io/helm-generated";

    public void Transform(ResourceSet set)
    {
        if (target.Length == 0)
        {
            return;
        }

        foreach (var resource in set.Items)
        {
            if (resource.Annotations?.Text(HelmGenerated) == "true")
            {
                continue; // Helm has put it where it belongs.
            }

            resource.StorePreviousId();
            Move(resource);
        }

        set.RefuseDuplicates();
        set.IdsChanged();
    }

    internal void Move(Resource resource)
    {
        if (!resource.Id.IsClusterScoped && !(unsetOnly && resource.Namespace.Length > 0))
        {
            resource.SetMetadata("namespace", target);
        }

        var isBinding = resource.Kind is "RoleBinding" or "ClusterRoleBinding";
        if (isBinding && subjects != SubjectMode.None)
        {
            MoveSubjects(resource);
        }

        foreach (var field in fields)
        {
            // Only the core Namespace carries its own name as the namespace; another group's kind of that name does not.
            var isForeignName = field.Path == "metadata/name" && resource.Body.Text("apiVersion") != "v1";
            var isSubject = isBinding && field is { Path: "subjects/namespace", Kind: "RoleBinding" or "ClusterRoleBinding" };
            if (field.Path == "metadata/namespace" || isForeignName || isSubject)
            {
                continue;
            }

            FieldWalker.Apply(resource, field, () => "", value => value switch
            {
                JsonValue when unsetOnly && JsonNodes.ScalarText(value) is not "" => value,
                JsonValue => target,
                _ => throw resource.Fault("the namespace can only be set on a scalar", field.Path),
            });
        }
    }

    /// <summary>Other subjects are found by name references.</summary>
    private void MoveSubjects(Resource resource)
    {
        if (resource.Body["subjects"] is not JsonArray list)
        {
            return;
        }

        var (field, wanted) = subjects == SubjectMode.AllServiceAccounts ? ("kind", "ServiceAccount") : ("name", "default");
        foreach (var subject in list.OfType<JsonObject>().Where(subject => subject.Text(field) == wanted))
        {
            if (!unsetOnly || subject.Text("namespace").Length == 0)
            {
                subject["namespace"] = target;
            }
        }
    }
}
