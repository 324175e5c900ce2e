using System.Text;

namespace GitOpsToolkit.Cli.Images;

/// <summary>Reads files that somebody names on the command line.</summary>
internal static class InputFile
{
    /// <summary>The text of a file. A pipe or a device is read as far as the cap, whatever length it claims to have.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most that is read.</param>
    /// <exception cref="FormatException">It is larger.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static string Read(string path, int maxBytes)
    {
        using var file = File.OpenRead(path);
        using var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (file.Read(buffer) is > 0 and var read)
        {
            if (text.Length + read > maxBytes)
            {
                throw new FormatException($"{path} is larger than {maxBytes >> 20} MiB: is it the right file?");
            }

            text.Write(buffer, 0, read);
        }

        text.Position = 0;
        using var reader = new StreamReader(text, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
