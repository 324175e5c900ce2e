using System.Text.Json.Nodes;
using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Transformers;

/// <summary>One entry of <c>replicas</c>: sets the count of the objects that have, or had, a name.</summary>
/// <param name="name">The name.</param>
/// <param name="count">The count.</param>
/// <param name="fields">Where the count stands in which kinds.</param>
/// <param name="fault">Makes the error of a name that no object has.</param>
internal sealed class ReplicaTransformer(string name, long count, IReadOnlyList<FieldSpec> fields, Func<string, BuildException> fault)
    : ITransformer
{
    public void Transform(ResourceSet set)
    {
        var found = false;
        foreach (var resource in set.Items)
        {
            var ids = resource.PreviousIds.Append(resource.Id).Where(id => id.Name == name).ToList();
            foreach (var field in fields.Where(field => ids.Exists(field.Selects)))
            {
                found = true;
                FieldWalker.Apply(resource, field, () => JsonValue.Create(0), value => value is null or JsonValue
                    ? JsonValue.Create(count)
                    : throw resource.Fault("the count of replicas can only be set on a scalar", field.Path));
            }
        }

        if (!found)
        {
            throw fault($"no object with replicas has the name '{name}'");
        }
    }
}
