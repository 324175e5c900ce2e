namespace GitOpsToolkit.Benchmarks.Images;

/// <summary>What a folder takes on the disk.</summary>
internal static class Disk
{
    private const long Block = 4096;

    /// <summary>In MiB, of blocks of 4 KiB, with one for each folder.</summary>
    public static double Blocks(string folder) =>
        (Files(folder).Sum(length => (length + Block - 1) / Block * Block)
            + (Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Count() * Block)) / 1048576.0;

    /// <summary>In MiB, the bytes of the files alone.</summary>
    public static double Bytes(string folder) => Files(folder).Sum() / 1048576.0;

    private static IEnumerable<long> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => new FileInfo(file).Length);
}
