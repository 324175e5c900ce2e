using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GitOpsToolkit.Sandbox.Git;

/// <summary>Runs <c>git http-backend</c> for one request: CGI variables in, both bodies streamed.</summary>
internal sealed class HttpBackend(string root, long maxRequestBytes, ILogger logger)
{
    private const int BufferBytes = 64 << 10;
    private const int MaxErrorChars = 4096;

    // Settings of the serving side only, so that the repositories on disk stay plain.
    private static readonly (string Key, string Value)[] s_settings =
    [
        ("safe.directory", "*"),
        ("http.receivepack", "true"),
        ("receive.advertisePushOptions", "true"),
        ("uploadpack.allowAnySHA1InWant", "true"),
        ("uploadpack.allowFilter", "true"),
        ("gc.auto", "0"),
    ];

    /// <summary>Answers the request; <paramref name="head"/> goes to git before the rest of <paramref name="body"/>.</summary>
    public async Task RunAsync(HttpContext context, string path, ReadOnlyMemory<byte> head, Stream body, CancellationToken cancel)
    {
        using var process = GitProcess.Start(["http-backend"], Variables(context.Request, path));
        using var stop = cancel.Register(() => GitProcess.Kill(process));
        try
        {
            var errors = ReadErrorsAsync(process);
            var input = FeedAsync(process, head, body, cancel);
            await AnswerAsync(process, context.Response, cancel);
            await input;
            await process.WaitForExitAsync(cancel);
            if (await errors is { Length: > 0 } text)
            {
                logger.LogDebug("git http-backend {Path}: {Text}", path, text);
            }
        }
        finally
        {
            GitProcess.Kill(process);
        }
    }

    /// <summary>CONTENT_LENGTH is not among them: git then reads to the end of its input. With it, git 2.39 reads the end over and over when less
    /// comes, and so takes a core for ever once this process was killed in the middle of a push.</summary>
    private Dictionary<string, string> Variables(HttpRequest request, string path)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GATEWAY_INTERFACE"] = "CGI/1.1",
            ["SERVER_PROTOCOL"] = "HTTP/1.1",
            ["GIT_PROJECT_ROOT"] = root,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["REQUEST_METHOD"] = request.Method,
            ["PATH_INFO"] = path,
            ["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "",
            ["CONTENT_TYPE"] = request.ContentType ?? "",
            ["REMOTE_ADDR"] = "127.0.0.1",
            ["REMOTE_USER"] = "sandbox",
            ["GIT_CONFIG_COUNT"] = s_settings.Length.ToString(),
        };
        if (request.Headers["Git-Protocol"].ToString() is { Length: > 0 and < 256 } protocol)
        {
            variables["GIT_PROTOCOL"] = protocol;
        }

        for (var i = 0; i < s_settings.Length; i++)
        {
            variables[$"GIT_CONFIG_KEY_{i}"] = s_settings[i].Key;
            variables[$"GIT_CONFIG_VALUE_{i}"] = s_settings[i].Value;
        }

        return variables;
    }

    private async Task FeedAsync(Process process, ReadOnlyMemory<byte> head, Stream body, CancellationToken cancel)
    {
        var input = process.StandardInput.BaseStream;
        try
        {
            await input.WriteAsync(head, cancel);
            var (buffer, total) = (new byte[BufferBytes], (long)head.Length);
            int read;
            while ((read = await body.ReadAsync(buffer, cancel)) > 0)
            {
                total += read;
                if (total > maxRequestBytes)
                {
                    logger.LogWarning("A request of more than {Max} bytes was cut off.", maxRequestBytes);
                    GitProcess.Kill(process);
                    return;
                }

                await input.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        catch (IOException)
        {
            // git has read enough, or the client is gone: the answer tells.
        }
        finally
        {
            process.StandardInput.Close();
        }
    }

    private static async Task AnswerAsync(Process process, HttpResponse response, CancellationToken cancel)
    {
        var output = process.StandardOutput.BaseStream;
        if (await CgiHead.ReadAsync(output, cancel) is not { } head)
        {
            response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        response.StatusCode = head.Status;
        foreach (var (name, value) in head.Headers)
        {
            response.Headers[name] = value;
        }

        await response.Body.WriteAsync(head.Rest, cancel);
        await response.Body.FlushAsync(cancel);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await output.ReadAsync(buffer, cancel)) > 0)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, read), cancel);
            await response.Body.FlushAsync(cancel);
        }
    }

    private static async Task<string> ReadErrorsAsync(Process process)
    {
        var (kept, buffer) = (new System.Text.StringBuilder(), new char[1024]);
        int read;
        while ((read = await process.StandardError.ReadAsync(buffer)) > 0)
        {
            kept.Append(buffer, 0, Math.Min(read, MaxErrorChars - kept.Length));
        }

        return kept.ToString().Trim();
    }
}
