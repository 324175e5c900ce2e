using System.CommandLine;
using System.Net;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Hosting.Http;

namespace GitOpsToolkit.Manager.Flags;

/// <summary>Declares flags the way Flux's controllers read them: <c>--name=value</c>, Go durations, Go listen addresses, the last of several.</summary>
internal sealed class FlagSet
{
    private const int MaxTimes = 100;

    private readonly List<Option> _options = [];

    /// <summary>Every flag that was declared.</summary>
    public IReadOnlyList<Option> All => _options;

    public Flag<string> Text(string name, string fallback, string description) =>
        Parsed(name, fallback, $"{description} (default {(fallback.Length == 0 ? "empty" : fallback)})", text => text);

    /// <summary>A text that an environment variable may give where the flag is absent.</summary>
    public Flag<string> Text(string name, string variable, string fallback, string description) =>
        Text(name, Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : fallback, $"{description}; ${variable}");

    /// <summary>One of several words.</summary>
    public Flag<string> Choice(string name, string fallback, params string[] words) =>
        Parsed(name, fallback, $"{string.Join(" or ", words)} (default {fallback})", text => words.Contains(text, StringComparer.Ordinal)
            ? text
            : throw new FormatException($"\"{text}\" is not one of {string.Join(", ", words)}"));

    public Flag<bool> Switch(string name, bool fallback, string description) => Add(
        name, "true|false", fallback, $"{description} (default {(fallback ? "true" : "false")})", ArgumentArity.ZeroOrMore,
        values => values is [] || ParseBool(values[^1]));

    public Flag<int> Number(string name, int fallback, string description, int most = int.MaxValue) =>
        Parsed(name, fallback, $"{description} (default {fallback})", text => ParseNumber(text, 0, most));

    /// <summary>A number from 1 on, with a default of each controller's own.</summary>
    public Flag<int?> OptionalNumber(string name, string description) => Parsed<int?>(name, null, description, text => ParseNumber(text, 1, int.MaxValue));

    public Flag<TimeSpan> Duration(string name, TimeSpan fallback, string description) => Parsed(
        name, fallback, $"{description} (default {GoDuration.From(fallback)})", text => GoDuration.TryParse(text, out var duration, out var problem)
            ? duration.ToTimeSpan()
            : throw new FormatException($"\"{text}\" is not a duration such as 30s or 1h30m: {problem}"));

    public Flag<IPEndPoint?> Address(string name, string fallback, string description) =>
        Parsed(name, ParseAddress(fallback), $"{description} (default {fallback})", ParseAddress);

    /// <summary>A flag of which every occurrence counts.</summary>
    public Flag<IReadOnlyList<string>> Many(string name, string description) =>
        Add<IReadOnlyList<string>>(name, "value", [], description, new ArgumentArity(1, MaxTimes), values => values);

    /// <summary>
    /// A flag with a value, which may be empty (<c>--name=</c>); <paramref name="parse"/> throws a <see cref="FormatException"/> that says what is wrong.
    /// </summary>
    public Flag<T> Parsed<T>(string name, T fallback, string description, Func<string, T> parse) =>
        Add(name, "value", fallback, description, ArgumentArity.ZeroOrMore, values => parse(values is [] ? "" : values[^1]));

    /// <summary>A flag of Flux that means nothing here; it is accepted so that existing manifests work, and never silently.</summary>
    public Flag<string> WithoutEffect(string name, string reason) =>
        Add(name, "value", "", $"accepted without effect: {reason}", ArgumentArity.ZeroOrMore, _ => "");

    private Flag<T> Add<T>(string name, string shown, T fallback, string description, ArgumentArity arity, Func<string[], T> parse)
    {
        var option = new Option<Flag<T>.Given?>(name)
        {
            Description = description,
            HelpName = shown,
            Arity = arity,
            CustomParser = result =>
            {
                try
                {
                    return new Flag<T>.Given(parse([.. result.Tokens.Select(token => token.Value)]));
                }
                catch (FormatException error)
                {
                    result.AddError($"{name}: {error.Message}");
                    return null;
                }
            },
        };
        _options.Add(option);
        return new Flag<T>(option, fallback);
    }

    // The words of Go's strconv.ParseBool.
    private static bool ParseBool(string text) => text switch
    {
        "true" or "True" or "TRUE" or "t" or "T" or "1" => true,
        "false" or "False" or "FALSE" or "f" or "F" or "0" => false,
        _ => throw new FormatException($"\"{text}\" is neither true nor false"),
    };

    private static int ParseNumber(string text, int least, int most) => int.TryParse(text, out var number) && number >= least && number <= most
        ? number
        : throw new FormatException($"\"{text}\" is not a number from {least} to {most}");

    private static IPEndPoint? ParseAddress(string text) => ListenAddress.TryParse(text, out var endpoint)
        ? endpoint
        : throw new FormatException($"\"{text}\" is not an address such as :8080 or 127.0.0.1:8080");
}
