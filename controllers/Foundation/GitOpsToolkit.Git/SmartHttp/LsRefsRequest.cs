using System.Text;

namespace GitOpsToolkit.Git;

/// <summary>The command <c>ls-refs</c> of protocol version 2.</summary>
internal static class LsRefsRequest
{
    /// <summary>The request's body.</summary>
    /// <param name="scope">Which references are of interest.</param>
    /// <param name="tellsFormat">Whether the server names its object format, and so wants it named.</param>
    public static byte[] Body(RefScope scope, bool tellsFormat)
    {
        var text = new StringBuilder();
        Add(text, "command=ls-refs\n");
        if (tellsFormat)
        {
            Add(text, "object-format=sha1");
        }

        text.Append("0001");
        Add(text, "peel\n");
        Add(text, "symrefs\n");
        if (scope.HasFlag(RefScope.Heads))
        {
            Add(text, $"ref-prefix {RefNames.Heads}\n");
        }

        if (scope.HasFlag(RefScope.Tags))
        {
            Add(text, $"ref-prefix {RefNames.Tags}\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("0000").ToString());
    }

    private static void Add(StringBuilder text, string line) => text.Append($"{line.Length + 4:x4}").Append(line);
}
