using GitOpsToolkit.Kustomize.Resources;

namespace GitOpsToolkit.Kustomize.Variables;

/// <summary>One entry of <c>vars</c>: a name for the value of a field of an object.</summary>
/// <param name="Name">The name, as <c>$(NAME)</c> uses it.</param>
/// <param name="Target">The object; without a namespace, of any namespace.</param>
/// <param name="FieldPath">The field, with dots.</param>
/// <param name="Fault">Makes errors that name the place where it is written.</param>
internal sealed record Variable(string Name, ResourceId Target, string FieldPath, Func<string, BuildException> Fault);

/// <summary>The variables of an accumulation.</summary>
internal sealed class VariableSet
{
    private readonly SortedDictionary<string, Variable> _variables = new(StringComparer.Ordinal);

    internal IReadOnlyCollection<Variable> All => _variables.Values;

    /// <summary>Adds variables and marks the objects that give their values.</summary>
    /// <exception cref="BuildException">A name is taken, or several objects are meant.</exception>
    internal void Add(IReadOnlyList<Variable> variables, ResourceSet set)
    {
        foreach (var variable in variables)
        {
            var found = Find(variable.Target, set);
            if (found.Count > 1)
            {
                throw variable.Fault(
                    $"several objects are meant: {string.Join(", ", found.Select(r => $"{r.Id} ({r.Origin})"))}; give the namespace");
            }

            if (found.Count == 1)
            {
                found[0].VariableNames.Add(variable.Name);
            }
        }

        foreach (var variable in variables)
        {
            Add(variable);
        }
    }

    /// <summary>Takes over the variables of a base.</summary>
    /// <exception cref="BuildException">A name is taken.</exception>
    internal void AddAll(VariableSet other)
    {
        foreach (var variable in other.All)
        {
            Add(variable);
        }
    }

    private void Add(Variable variable)
    {
        if (!_variables.TryAdd(variable.Name, variable))
        {
            throw variable.Fault($"the variable '{variable.Name}' is given twice");
        }
    }

    private static List<Resource> Find(ResourceId target, ResourceSet set)
    {
        if (target.Namespace.Length > 0 || target.IsClusterScoped)
        {
            return [.. set.WithAnyId(target)];
        }

        bool Matches(ResourceId id) =>
            id.Name == target.Name && id.Group == target.Group && id.Version == target.Version && id.Kind == target.Kind;
        return [.. set.Items.Where(resource => resource.PreviousIds.Append(resource.Id).Any(Matches))];
    }
}
