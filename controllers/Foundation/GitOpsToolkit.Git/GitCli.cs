using System.Buffers;
using System.Collections;
using System.Text;
using CliWrap;

namespace GitOpsToolkit.Git;

/// <summary>What a git process left behind.</summary>
internal sealed record GitCliResult(int ExitCode, string Output, string Error)
{
    /// <summary>What OpenSSH noted; null where the call was none over SSH.</summary>
    public string? SshLog { get; init; }
}

/// <summary>What one call adds to how git runs: settings, and variables that come after all others; a value of null takes one away.</summary>
internal sealed record GitCliSettings(IReadOnlyList<(string Key, string Value)> Configuration, IReadOnlyList<(string Name, string? Value)> Variables);

/// <summary>Runs git, or a program like it: an argument list, an environment of our own making, a deadline that ends the whole process tree, bounded output.</summary>
internal sealed class GitCli(string program, TimeProvider time)
{
    private const int MaxErrorBytes = 64 << 10;

    /// <summary>What to install where the program is missing.</summary>
    public string Package { get; init; } = "git 2.31 or newer";

    /// <summary>The variables that name proxies to libcurl.</summary>
    public static IReadOnlyList<string> ProxyVariables { get; } =
        ["HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

    /// <summary>What every git process gets, and nothing of our own environment besides PATH and proxies.</summary>
    private static readonly Dictionary<string, string> s_fixed = new(StringComparer.Ordinal)
    {
        ["LC_ALL"] = "C.UTF-8",

        // Keeps ~/.netrc and ~/.config away, which libcurl and git would look for in the account's home.
        ["HOME"] = "/dev/null",
        ["XDG_CONFIG_HOME"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_ASKPASS"] = "",
        ["SSH_ASKPASS"] = "",
        ["GIT_ALLOW_PROTOCOL"] = "http:https",
        ["GIT_PROTOCOL_FROM_USER"] = "0",
        ["GIT_CEILING_DIRECTORIES"] = "/",
    };

    private static readonly string[] s_passedOn = ["PATH", .. ProxyVariables];

    public async Task<GitCliResult> RunAsync(
        IReadOnlyList<string> arguments,
        GitCliSettings settings,
        TimeSpan timeout,
        int maxOutputBytes,
        CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var overflow = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token, overflow.Token);
        var (output, error) = (new StringBuilder(), new StringBuilder());
        try
        {
            var result = await Cli.Wrap(program)
                .WithArguments(arguments)
                .WithEnvironmentVariables(Environment(settings))
                .WithWorkingDirectory("/")
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(Capture(output, maxOutputBytes, overflow))
                .WithStandardErrorPipe(Capture(error, MaxErrorBytes, null))
                .ExecuteAsync(stop.Token);
            return new GitCliResult(result.ExitCode, output.ToString(), error.ToString());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && overflow.IsCancellationRequested)
        {
            throw new GitException(GitFailure.TooLarge, $"{program} {arguments[0]} gave more than {maxOutputBytes} bytes of output.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GitException(GitFailure.Timeout, $"no end within {timeout.TotalSeconds:0.###} s");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new GitException(GitFailure.Other, $"Cannot start '{program}': {missing.Message}. Install {Package}.", missing);
        }
    }

    private static Dictionary<string, string?> Environment(GitCliSettings call)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            environment[name] = s_passedOn.Contains(name) ? (string?)variable.Value : null;
        }

        foreach (var (name, value) in s_fixed)
        {
            environment[name] = value;
        }

        var settings = call.Configuration;
        environment["GIT_CONFIG_COUNT"] = settings.Count.ToString();
        for (var i = 0; i < settings.Count; i++)
        {
            environment[$"GIT_CONFIG_KEY_{i}"] = settings[i].Key;
            environment[$"GIT_CONFIG_VALUE_{i}"] = settings[i].Value;
        }

        foreach (var (name, value) in call.Variables)
        {
            environment[name] = value;
        }

        return environment;
    }

    private static PipeTarget Capture(StringBuilder target, int maxBytes, CancellationTokenSource? overflow) => PipeTarget.Create(async (stream, cancel) =>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            var (total, chars) = (0, new char[Encoding.UTF8.GetMaxCharCount(buffer.Length)]);
            int read;
            while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
            {
                total += read;
                if (total <= maxBytes)
                {
                    target.Append(chars, 0, decoder.GetChars(buffer, 0, read, chars, 0, flush: false));
                    continue;
                }

                if (overflow is not null)
                {
                    await overflow.CancelAsync();
                    return;
                }

                // Go on reading, so that the process does not wait for room, but keep nothing more.
                total = maxBytes;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });
}
