using System.Text;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>The answer to a push that is refused before git sees it: what git itself sends when its pre-receive hook says no.</summary>
internal static class ReceivePackReport
{
    private const int MaxMessageChars = 8000;

    public static byte[] Declined(ReceivePackRequest request, string message)
    {
        var report = new MemoryStream();
        Line(report, "unpack ok\n"u8);
        foreach (var update in request.Updates)
        {
            Line(report, Encoding.UTF8.GetBytes($"ng {update.Name} pre-receive hook declined\n"));
        }

        report.Write("0000"u8);
        if (!request.Capabilities.Any(capability => capability.StartsWith("side-band", StringComparison.Ordinal)))
        {
            return report.ToArray();
        }

        var answer = new MemoryStream();
        var shown = message.Length > MaxMessageChars ? message[..MaxMessageChars] : message;
        Band(answer, 2, Encoding.UTF8.GetBytes(shown.TrimEnd('\n') + "\n"));
        Band(answer, 1, report.ToArray());
        answer.Write("0000"u8);
        return answer.ToArray();
    }

    private static void Band(MemoryStream output, byte band, ReadOnlySpan<byte> content)
    {
        // The smaller of the two side-band sizes fits every client.
        const int most = 994;
        while (!content.IsEmpty)
        {
            var piece = content[..Math.Min(most, content.Length)];
            Line(output, [band, .. piece]);
            content = content[piece.Length..];
        }
    }

    private static void Line(MemoryStream output, ReadOnlySpan<byte> content)
    {
        output.Write(Encoding.ASCII.GetBytes((content.Length + 4).ToString("x4")));
        output.Write(content);
    }
}
