using System.Text;
using System.Text.Json;
using GitOpsToolkit.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GitOpsToolkit.Hosting.Tests;

public sealed class LogFormTests
{
    private readonly MemoryStream _output = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void A_json_line_has_the_keys_that_flux_logs_reads()
    {
        using (var factory = Factory("json"))
        {
            var logger = factory.CreateLogger("GitOpsToolkit.Source");
            using (logger.BeginScope(Scope("GitRepository", "flux-system", "app")))
            {
                logger.LogInformation("stored artifact for {Revision}", "main@sha1:abc");
            }
        }

        var line = Assert.Single(Lines());
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal("info", root.GetProperty("level").GetString());
        Assert.Equal("2026-01-02T03:04:05.678Z", root.GetProperty("ts").GetString());
        Assert.Equal("GitOpsToolkit.Source", root.GetProperty("logger").GetString());
        Assert.Equal("stored artifact for main@sha1:abc", root.GetProperty("msg").GetString());
        Assert.Equal("GitRepository", root.GetProperty("controllerKind").GetString());
        Assert.Equal("flux-system", root.GetProperty("namespace").GetString());
        Assert.Equal("app", root.GetProperty("name").GetString());
        Assert.Equal("main@sha1:abc", root.GetProperty("Revision").GetString());
        Assert.False(root.TryGetProperty("{OriginalFormat}", out _));
    }

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "error")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "error")]
    public void Levels_have_flux_names(LogLevel level, string name)
    {
        using (var factory = Factory("json"))
        {
            factory.CreateLogger("x").Log(level, "text");
        }

        using var json = JsonDocument.Parse(Assert.Single(Lines()));
        Assert.Equal(name, json.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public void A_terminal_is_not_driven_by_what_a_message_quotes()
    {
        using (var factory = Factory("console"))
        {
            factory.CreateLogger("x").LogInformation("commit '{Subject}'\tis stored", "a\u001b[2J\u202eb\u009b");
        }

        Assert.EndsWith("commit 'a\\u001b[2J\\u202eb\\u009b'\tis stored", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_line_ends_and_quotes_stays_one_line()
    {
        using (var factory = Factory("json"))
        {
            factory.CreateLogger("x").LogError(new InvalidOperationException("outer\nsecond", new IOException("inner")), "a \"b\"\nc");
        }

        using var json = JsonDocument.Parse(Assert.Single(Lines()));
        Assert.Equal("a \"b\"\nc", json.RootElement.GetProperty("msg").GetString());
        Assert.Equal("InvalidOperationException: outer second: inner", json.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public void The_innermost_scope_wins_and_reserved_keys_are_never_doubled()
    {
        using (var factory = Factory("json"))
        {
            var logger = factory.CreateLogger("x");
            using (logger.BeginScope(Scope("Kustomization", "a", "outer")))
            using (logger.BeginScope(Scope("Kustomization", "a", "inner")))
            {
                logger.LogInformation("{msg} {count} {ok} {ratio} {none}", "field", 3, true, 0.5, null);
            }
        }

        var line = Assert.Single(Lines());
        using var json = JsonDocument.Parse(line);
        var names = json.RootElement.EnumerateObject().Select(property => property.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.Equal("inner", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("count").GetInt32());
        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(0.5, json.RootElement.GetProperty("ratio").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("none").ValueKind);
    }

    [Fact]
    public void No_field_hides_a_key_of_flux_logs_from_a_reader_without_regard_to_case()
    {
        using (var factory = Factory("json"))
        {
            var logger = factory.CreateLogger("x");
            using (logger.BeginScope(Scope("Kustomization", "a", "app")))
            {
                logger.LogInformation("{Name} {Namespace} {Error} {Level}", "other", "b", "none", "high");
                logger.LogInformation("{Text}", "said once");
            }
        }

        Assert.Single(Lines()[1].Split("said once")[1..]);
        using var json = JsonDocument.Parse(Lines()[0]);
        var names = json.RootElement.EnumerateObject().Select(property => property.Name).ToList();
        Assert.Equal(names.Distinct(StringComparer.OrdinalIgnoreCase), names);
        Assert.Equal("app", json.RootElement.GetProperty("name").GetString());
        Assert.Equal("a", json.RootElement.GetProperty("namespace").GetString());
        Assert.Equal("info", json.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public void The_console_form_names_the_object_first()
    {
        using (var factory = Factory("console"))
        {
            var logger = factory.CreateLogger("GitOpsToolkit.Source");
            using (logger.BeginScope(Scope("GitRepository", "flux-system", "app")))
            {
                logger.LogWarning(new TimeoutException("no answer in 60s"), "fetch failed");
            }

            logger.LogInformation("started on {Port}", 9090);
            using (logger.BeginScope(new Dictionary<string, object?> { ["revision"] = "main@sha1:abc" }))
            {
                logger.LogInformation("fetched");
            }
        }

        Assert.Equal(
            [
                "03:04:05.678 warn  GitRepository/flux-system/app  fetch failed",
                "    TimeoutException: no answer in 60s",
                "03:04:05.678 info  Source  started on 9090",
                "03:04:05.678 info  Source  fetched  revision=main@sha1:abc",
            ],
            Lines());
    }

    [Fact]
    public void An_unknown_encoding_is_refused_by_name() =>
        Assert.Contains("'xml'", Assert.Throws<ArgumentException>(() => new LineLoggerProvider(_output, "xml", _time)).Message);

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("warn", null)]
    public void Level_names_are_read_as_flux_reads_them(string name, LogLevel? level) => Assert.Equal(level, LogLevels.Parse(name));

    [Fact]
    public async Task Lines_of_many_threads_never_mix()
    {
        using (var factory = Factory("json"))
        {
            var logger = factory.CreateLogger("x");
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    logger.LogInformation("worker {Worker} line {Line}", worker, i);
                }
            })));
        }

        var lines = Lines();
        Assert.Equal(800, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    private static Dictionary<string, object?> Scope(string kind, string ns, string name) =>
        new() { ["controllerKind"] = kind, ["namespace"] = ns, ["name"] = name };

    private ILoggerFactory Factory(string encoding) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Trace)
        .AddProvider(new LineLoggerProvider(_output, encoding, _time)));

    private string[] Lines() => Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
