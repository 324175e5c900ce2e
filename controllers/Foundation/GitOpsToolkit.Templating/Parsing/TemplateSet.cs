namespace GitOpsToolkit.Templating.Parsing;

/// <summary>The templates that were defined in texts that belong together.</summary>
internal sealed class TemplateSet
{
    private readonly Dictionary<string, DefinedTemplate> templates = new(StringComparer.Ordinal);

    internal DefinedTemplate? Find(string name) => templates.GetValueOrDefault(name);

    /// <summary>Takes up a template; one that is blank never displaces another. False where both say something.</summary>
    internal bool TryAdd(DefinedTemplate template, HashSet<string> definedInText)
    {
        var isSecond = !definedInText.Add(template.Name);
        if (templates.TryGetValue(template.Name, out var present) && !present.Root.IsEmpty)
        {
            if (template.Root.IsEmpty)
            {
                return true;
            }

            if (isSecond)
            {
                return false;
            }
        }

        templates[template.Name] = template;
        return true;
    }
}

/// <summary>A template with its name, and the text it stands in, for errors.</summary>
internal sealed record DefinedTemplate(string Name, ListNode Root, TemplateText Text);

/// <summary>A text that was parsed, with its name.</summary>
internal sealed record TemplateText(string Name, string Bytes)
{
    /// <summary>An error at a byte of the text; column as Go counts it: bytes from 0.</summary>
    internal TemplateException Fault(int position, string problem)
    {
        var place = Math.Min(position, Bytes.Length);
        var before = Bytes.AsSpan(0, place);
        var column = place - (before.LastIndexOf('\n') + 1);
        return new TemplateException(GoText.ToText(Name), 1 + before.Count('\n'), column, GoText.ToText(problem));
    }

    internal int Line(int position) => 1 + Bytes.AsSpan(0, Math.Min(position, Bytes.Length)).Count('\n');
}
