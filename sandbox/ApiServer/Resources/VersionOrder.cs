namespace GitOpsToolkit.Sandbox.ApiServer.Resources;

/// <summary>Kubernetes' order of API versions, the most preferred first: v2, v1, v2beta1, v1beta2, v1alpha1, then others by name.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (Parse(x ?? ""), Parse(y ?? ""));
        if (a.Stage != b.Stage)
        {
            return b.Stage.CompareTo(a.Stage);
        }

        if (a.Stage == 0)
        {
            return string.CompareOrdinal(x, y);
        }

        return a.Major != b.Major ? b.Major.CompareTo(a.Major) : b.Minor.CompareTo(a.Minor);
    }

    /// <summary>Stage 3: stable, 2: beta, 1: alpha, 0: not a Kubernetes version.</summary>
    private static (int Stage, int Major, int Minor) Parse(string text)
    {
        var at = 1;
        if (!text.StartsWith('v') || !Number(text, ref at, out var major))
        {
            return (0, 0, 0);
        }

        if (at == text.Length)
        {
            return (3, major, 0);
        }

        var stage = text.AsSpan(at).StartsWith("alpha") ? 1 : text.AsSpan(at).StartsWith("beta") ? 2 : 0;
        at += stage == 1 ? 5 : 4;
        return stage > 0 && Number(text, ref at, out var minor) && at == text.Length ? (stage, major, minor) : (0, 0, 0);
    }

    private static bool Number(string text, ref int at, out int value)
    {
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        value = 0;
        return at > from && text[from] != '0' && int.TryParse(text.AsSpan(from, at - from), out value);
    }
}
