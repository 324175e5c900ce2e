namespace GitOpsToolkit.Yaml;

/// <summary>
/// Text that is no valid YAML, or YAML that a JSON document cannot hold. The message begins with <c>file:line:column:</c>.
/// </summary>
public sealed class YamlReadException : Exception
{
    /// <summary>Creates the error for one place in a file.</summary>
    /// <param name="file">How the file is named to the user; may be empty.</param>
    /// <param name="position">The place of the fault.</param>
    /// <param name="problem">What is wrong there, without the place.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public YamlReadException(string file, YamlPosition position, string problem, Exception? inner = null)
        : base($"{(file.Length == 0 ? "yaml" : file)}:{position}: {problem}", inner)
    {
        File = file;
        Position = position;
        Problem = problem;
    }

    /// <summary>The file as named to the user; empty if it has no name.</summary>
    public string File { get; }

    /// <summary>The place of the fault.</summary>
    public YamlPosition Position { get; }

    /// <summary>What is wrong there, without the place.</summary>
    public string Problem { get; }
}
