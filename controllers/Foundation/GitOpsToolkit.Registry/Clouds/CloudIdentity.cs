namespace GitOpsToolkit.Registry.Clouds;

/// <summary>A ServiceAccount that asks in place of the controller.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Annotations">Its annotations, which name the identity in the cloud.</param>
/// <param name="Token">Issues a token of the ServiceAccount for an audience.</param>
public sealed record CloudIdentity(
    string Namespace, string Name, IReadOnlyDictionary<string, string> Annotations, Func<string, CancellationToken, Task<string>> Token)
{
    /// <summary>Its name for messages.</summary>
    public override string ToString() => $"serviceaccount '{Namespace}/{Name}'";

    internal string? this[string annotation] =>
        Annotations.TryGetValue(annotation, out var value) && value.Length > 0 ? value : null;
}

/// <summary>What the clouds' tools find around a process.</summary>
/// <param name="Variables">The environment's variables.</param>
/// <param name="ReadFile">Reads a file that a variable names, such as a token.</param>
public sealed record CloudEnvironment(IReadOnlyDictionary<string, string> Variables, Func<string, CancellationToken, Task<string>> ReadFile)
{
    /// <summary>That of this process.</summary>
    public static CloudEnvironment OfProcess()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return new CloudEnvironment(variables, (path, cancellation) => File.ReadAllTextAsync(path, cancellation));
    }

    internal string? this[string variable] =>
        Variables.TryGetValue(variable, out var value) && value.Length > 0 ? value : null;

    internal async Task<string> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return (await ReadFile(path, cancellation)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException(RegistryFault.Authentication, $"the token file {path} cannot be read: {error.Message}", error);
        }
    }
}
