using GitOpsToolkit.Templating.Parsing;
using GitOpsToolkit.Templating.Printing;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>Carries templates out, node by node.</summary>
internal sealed partial class Executor
{
    private readonly TemplateSet set;
    private readonly TemplateOptions options;
    private readonly CallContext call;
    private readonly Output output;

    private DefinedTemplate current = null!;
    private Variables variables = new(default);
    private Node node = null!;
    private int calls;

    internal Executor(TemplateSet set, TemplateOptions options)
    {
        this.set = set;
        this.options = options;
        call = new CallContext(options);
        output = new Output(call);
    }

    /// <summary>What is to be done after a node.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    internal string Run(DefinedTemplate template, GoValue data)
    {
        current = template;
        node = template.Root;
        variables = new Variables(data);
        try
        {
            Walk(data, template.Root);
        }
        catch (Exception error) when (error is GoException or LimitException)
        {
            throw Fault(error.Message);
        }

        return output.ToString();
    }

    private Flow Walk(GoValue dot, Node next)
    {
        call.Descend();
        node = next;
        switch (next)
        {
            case ListNode list:
                foreach (var item in list.Nodes)
                {
                    if (Walk(dot, item) is var flow and not Flow.Next)
                    {
                        return flow;
                    }
                }

                return Flow.Next;
            case TextNode text:
                output.Write(text.Text);
                return Flow.Next;
            case ActionNode action:
                Act(dot, action);
                return Flow.Next;
            case BranchNode { Kind: TokenKind.Range } range:
                return Range(dot, range);
            case BranchNode branch:
                return Branch(dot, branch);
            case TemplateNode template:
                CallTemplate(dot, template);
                return Flow.Next;
            default:
                return ((WordNode)next).Kind == TokenKind.Break ? Flow.Break : Flow.Continue;
        }
    }

    private void Act(GoValue dot, ActionNode action)
    {
        var value = Pipeline(dot, action.Pipe);
        if (action.Pipe.Declared.Count > 0)
        {
            return;
        }

        node = action;
        var shown = Printable(value);
        if (shown.IsValid)
        {
            new GoPrinter(output).Print(shown, 'v');
        }
        else
        {
            output.Write("<no value>");
        }
    }

    /// <summary>What is printed of a value: what a pointer points to.</summary>
    internal static GoValue Printable(GoValue value) => value.Kind == GoKind.Pointer ? Indirect(value).Value : value;

    private Flow Branch(GoValue dot, BranchNode branch)
    {
        var mark = variables.Mark;
        var value = Pipeline(dot, branch.Pipe);
        var flow = Flow.Next;
        if (Truth.Of(value.Unwrapped))
        {
            flow = Walk(branch.Kind == TokenKind.With ? value : dot, branch.List);
        }
        else if (branch.Else is { } otherwise)
        {
            flow = Walk(dot, otherwise);
        }

        variables.ReturnTo(mark);
        return flow;
    }

    private Flow Range(GoValue dot, BranchNode range)
    {
        var before = variables.Mark;
        var (over, _) = Indirect(Pipeline(dot, range.Pipe));
        var mark = variables.Mark;
        var (ran, flow) = (false, Flow.Next);
        foreach (var (key, element) in Elements(over, range.Pipe))
        {
            ran = true;
            Assign(range.Pipe, key, element);
            flow = Walk(element, range.List);
            variables.ReturnTo(mark);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        // A continue in the else part is the outer loop's; a break ends but this range, so Go has it.
        flow = ran || range.Else is null ? Flow.Next : Walk(dot, range.Else);
        variables.ReturnTo(before);
        return flow == Flow.Continue ? flow : Flow.Next;
    }

    private IEnumerable<(GoValue Key, GoValue Element)> Elements(GoValue over, PipeNode pipe)
    {
        switch (over.Kind)
        {
            case GoKind.Invalid:
                return [];
            case GoKind.Int or GoKind.Int32 or GoKind.Int64 or GoKind.Uint or GoKind.Uint8 or GoKind.Uint64:
                return pipe.Declared.Count > 1
                    ? throw Fault($"can't use {GoPrinter.Text(call, over)} to iterate over more than one variable")
                    : Count(over);
            case GoKind.Slice:
                return Enumerable.Range(0, over.Items.Length).Select(index => (GoValue.Of(index), over.At(index)));
            case GoKind.Map:
                call.Spend(over);
                return (over.Map?.Sorted() ?? []).Select(entry =>
                    (GoValue.Placed(over.Type!.Key!, entry.Key), GoValue.Placed(over.Type.Element!, entry.Value)));
            default:
                throw Fault($"range can't iterate over {GoPrinter.Text(call, over)}");
        }
    }

    private static IEnumerable<(GoValue Key, GoValue Element)> Count(GoValue over)
    {
        var end = over.Type!.IsUnsigned ? over.Unsigned : (ulong)Math.Max(over.Integer, 0);
        for (ulong i = 0; i < end; i++)
        {
            yield return (default, GoValue.Number(over.Type, (long)i));
        }
    }

    /// <summary>Gives an iteration's values to the variables of a range.</summary>
    private void Assign(PipeNode pipe, GoValue key, GoValue element)
    {
        switch (pipe.Declared.Count)
        {
            case 1 when pipe.IsAssign:
                SetVariable(pipe.Declared[0].Path[0], element);
                break;
            case 1:
                variables.SetTop(1, element);
                break;
            case 2 when pipe.IsAssign:
                SetVariable(pipe.Declared[0].Path[0], key);
                SetVariable(pipe.Declared[1].Path[0], element);
                break;
            case 2:
                variables.SetTop(1, element);
                variables.SetTop(2, key);
                break;
        }
    }

    private void CallTemplate(GoValue dot, TemplateNode template)
    {
        var callee = set.Find(template.Name) ?? throw Fault($"template {GoQuote.Quote(template.Name)} not defined");
        if (calls == call.MaxCalls)
        {
            throw Fault($"exceeded maximum template depth ({call.MaxCalls})");
        }

        var argument = template.Pipe is null ? default : Pipeline(dot, template.Pipe);
        var (caller, callersVariables) = (current, variables);
        (current, variables) = (callee, new Variables(argument));
        calls++;
        Walk(argument, callee.Root);
        calls--;
        (current, variables) = (caller, callersVariables);
    }

    private void SetVariable(string name, GoValue value)
    {
        if (!variables.TrySet(name, value))
        {
            throw Fault($"undefined variable: {name}");
        }
    }

    /// <summary>Follows pointers and interfaces to their end.</summary>
    internal static (GoValue Value, bool IsNil) Indirect(GoValue value)
    {
        while (value.Kind is GoKind.Pointer or GoKind.Interface)
        {
            if (value.IsNil)
            {
                return (value, true);
            }

            value = value.Inner;
        }

        return (value, false);
    }

    /// <summary>An error at the node that is being carried out, with its text.</summary>
    private TemplateException Fault(string problem)
    {
        var context = node.ToString();
        return current.Text.Fault(node.Position, $"executing {GoQuote.Quote(current.Name)} at <{context}>: {problem}");
    }
}
