using GitOpsToolkit.Templating.Execution;
using GitOpsToolkit.Templating.Parsing;

namespace GitOpsToolkit.Templating;

/// <summary>
/// A text in Go's text/template language: actions with white-space trim, pipelines, fields, variables, if/else if/with/range with else,
/// break and continue.
/// <c>define</c>, <c>template</c> and <c>block</c> are refused by name.
/// </summary>
public sealed class Template
{
    private readonly ListNode _root;
    private readonly string _name;
    private readonly TemplateOptions _options;

    private Template(string name, ListNode root, TemplateOptions options)
    {
        _name = name;
        _root = root;
        _options = options;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="name">How errors name it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="options">Caps and functions; the defaults if null.</param>
    /// <exception cref="TemplateException">The text is no template, or it names an unknown function.</exception>
    public static Template Parse(string name, string text, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        var settings = options ?? TemplateOptions.Default;
        var tokens = new Lexer(name, text).Tokens();
        return new Template(name, new Parser(name, tokens, settings).Parse(), settings);
    }

    /// <summary>Carries the template out on data.</summary>
    /// <param name="data">
    /// The dot: strings, booleans, integers (<see cref="long"/>), <see cref="double"/>, null,
    /// <see cref="IReadOnlyDictionary{TKey, TValue}"/> of string to object,
    /// <see cref="TemplateMap"/>, <see cref="TemplateRecord"/>, and lists of those.
    /// </param>
    /// <exception cref="TemplateException">An action fails, or a cap is met.</exception>
    public string Execute(object? data) => new Executor(_name, _options).Run(_root, data);
}
