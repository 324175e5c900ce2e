using System.Diagnostics;
using GitOpsToolkit.Controllers.ImageReflector.Storage;
using GitOpsToolkit.TestKit;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Storage;

public sealed class KillTests
{
    [Fact]
    public async Task Killed_at_any_moment_every_set_is_whole_and_none_that_was_written_is_lost()
    {
        using var folder = new TempDirectory();
        var log = new ListLog();
        for (var round = 0; round < 12; round++)
        {
            var written = await WriteAndKillAsync(folder.Path, lines: 1 + (round * 3));

            // As after a restart: what was told to be written is there, or the set that was about to be.
            var store = new SegmentTagStore(folder.Path, log);
            foreach (var key in TagWriter.Objects)
            {
                Assert.InRange(TagWriter.NumberOf(store.Find(key)) ?? 0, written, written + 1);
            }
        }

        Assert.Empty(log.Lines);
    }

    /// <summary>Starts the writer, lets it write, kills it without warning, and tells the last set that it said was written.</summary>
    private static async Task<int> WriteAndKillAsync(string folder, int lines)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])[.. OwnAssembly(), TagWriter.Argument, folder])
        {
            start.ArgumentList.Add(argument);
        }

        using var writer = Process.Start(start)!;
        var written = 0;
        for (var i = 0; i < lines; i++)
        {
            written = int.Parse((await writer.StandardOutput.ReadLineAsync())!);
        }

        writer.Kill();
        while (await writer.StandardOutput.ReadLineAsync() is { Length: > 0 } line)
        {
            // The pipe may end within a line.
            written = int.TryParse(line, out var later) && later == written + 1 ? later : written;
        }

        await writer.WaitForExitAsync();
        Assert.NotEqual(0, writer.ExitCode);
        return written;
    }

    /// <summary>Where `dotnet` runs the tests, it needs to be told which program; the apphost is the program.</summary>
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(KillTests).Assembly.Location] : [];
}
