using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Hosting.Http;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>Declares flags the way Flux's controllers read them: <c>--name=value</c>, Go durations, Go listen addresses.</summary>
internal sealed class FlagSet
{
    private readonly List<Option> _options = [];

    /// <summary>Every flag that was declared.</summary>
    public IReadOnlyList<Option> All => _options;

    public Option<string> Text(string name, string fallback, string description) =>
        Add(new Option<string>(name) { Description = $"{description} (default {Shown(fallback)})", DefaultValueFactory = _ => fallback });

    /// <summary>A text that an environment variable may give where the flag is absent.</summary>
    public Option<string> Text(string name, string variable, string fallback, string description) =>
        Text(name, Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : fallback, $"{description}; ${variable}");

    public Option<bool> Switch(string name, bool fallback, string description) =>
        Add(new Option<bool>(name) { Description = $"{description} (default {(fallback ? "true" : "false")})", DefaultValueFactory = _ => fallback });

    public Option<int> Number(string name, int fallback, string description) =>
        Add(new Option<int>(name) { Description = $"{description} (default {fallback})", DefaultValueFactory = _ => fallback });

    public Option<int?> OptionalNumber(string name, string description) => Add(new Option<int?>(name) { Description = description });

    public Option<TimeSpan> Duration(string name, TimeSpan fallback, string description) => Add(new Option<TimeSpan>(name)
    {
        Description = $"{description} (default {GoDuration.From(fallback)})",
        DefaultValueFactory = _ => fallback,
        CustomParser = ParseDuration,
    });

    public Option<IPEndPoint?> Address(string name, string fallback, string description) => Add(new Option<IPEndPoint?>(name)
    {
        Description = $"{description} (default {fallback})",
        DefaultValueFactory = _ => ListenAddress.TryParse(fallback, out var endpoint) ? endpoint : null,
        CustomParser = ParseAddress,
    });

    public Option<string[]> Many(string name, string description) => Add(new Option<string[]>(name) { Description = description });

    public Option<T> Parsed<T>(string name, T fallback, string description, Func<string, T> parse) => Add(new Option<T>(name)
    {
        Description = description,
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            try
            {
                return parse(result.Tokens[^1].Value);
            }
            catch (FormatException error)
            {
                result.AddError($"{name}: {error.Message}");
                return fallback;
            }
        },
    });

    /// <summary>A flag of Flux that means nothing here; it is accepted so that existing manifests work, and never silently.</summary>
    public Option<string> WithoutEffect(string name, string reason) =>
        Add(new Option<string>(name) { Description = $"accepted without effect: {reason}", Arity = ArgumentArity.ZeroOrOne });

    private T Add<T>(T option)
        where T : Option
    {
        _options.Add(option);
        return option;
    }

    private static string Shown(string text) => text.Length == 0 ? "empty" : text;

    private static TimeSpan ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (GoDuration.TryParse(text, out var duration, out var problem))
        {
            return duration.ToTimeSpan();
        }

        result.AddError($"{NameOf(result)}: \"{text}\" is not a duration such as 30s or 1h30m: {problem}");
        return default;
    }

    private static IPEndPoint? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (!ListenAddress.TryParse(text, out var endpoint))
        {
            result.AddError($"{NameOf(result)}: \"{text}\" is not an address such as :8080 or 127.0.0.1:8080");
        }

        return endpoint;
    }

    private static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? "flag";
}
