using System.Globalization;
using System.Runtime.InteropServices;

namespace GitOpsToolkit.Yaml;

/// <summary>A place in a text: line and column, both counted from 1.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in UTF-16 characters, from 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct YamlPosition(int Line, int Column)
{
    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}
