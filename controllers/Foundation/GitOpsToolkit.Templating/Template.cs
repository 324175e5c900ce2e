using GitOpsToolkit.Templating.Execution;
using GitOpsToolkit.Templating.Parsing;

namespace GitOpsToolkit.Templating;

/// <summary>
/// A text in Go's text/template language, whole: actions, pipelines, variables, if, with, range, break, continue, define, template, block,
/// comments and trim marks. It prints what Go prints and refuses what Go refuses. Only complex numbers are left out.
/// </summary>
public sealed class Template
{
    private readonly string name;
    private readonly TemplateSet set;
    private readonly TemplateOptions options;

    private Template(string name, TemplateSet set, TemplateOptions options)
    {
        this.name = name;
        this.set = set;
        this.options = options;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="name">How errors name it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="options">Limits and functions; the defaults if null.</param>
    /// <exception cref="TemplateException">The text is no template, or it names an unknown function.</exception>
    public static Template Parse(string name, string text, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var template = new Template(GoText.FromText(name), new TemplateSet(), options ?? TemplateOptions.Default);
        template.Add(name, text);
        return template;
    }

    /// <summary>Parses a further text whose templates this one may call, and which may call those of this one.</summary>
    /// <param name="name">The name of the text, and of the template that it is.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="TemplateException">The text is no template, or it names an unknown function.</exception>
    public void Add(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        var parsed = new TemplateText(GoText.FromText(name), GoText.FromText(text));
        if (parsed.Bytes.Length > options.MaxTemplate)
        {
            throw parsed.Fault(0, $"template is longer than {options.MaxTemplate} bytes");
        }

        new Parser(parsed, set, options).Parse();
    }

    /// <summary>Carries the template out.</summary>
    /// <param name="data">The dot.</param>
    /// <returns>The text; bytes in it that are no UTF-8 are U+FFFD.</returns>
    /// <exception cref="TemplateException">An action fails, or a limit is met.</exception>
    public string Execute(GoValue data) => GoText.ToText(ExecuteToByteString(data));

    internal string ExecuteToByteString(GoValue data)
    {
        var main = set.Find(name);
        return new Executor(set, options).Run(main!, data);
    }
}
