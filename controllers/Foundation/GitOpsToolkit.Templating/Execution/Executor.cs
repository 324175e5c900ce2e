using System.Text;
using GitOpsToolkit.Templating.Parsing;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>Walks a parsed template and writes its text. One instance makes one run.</summary>
internal sealed class Executor(string name, TemplateOptions options)
{
    private readonly StringBuilder _output = new();
    private readonly List<(string Name, object? Value)> _variables = [];
    private int _steps;

    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    internal string Run(ListNode root, object? data)
    {
        _variables.Add(("$", data));
        Walk(root, data);
        return _output.ToString();
    }

    private Flow Walk(Node node, object? dot)
    {
        Step(node);
        switch (node)
        {
            case ListNode list:
                foreach (var item in list.Items)
                {
                    var flow = Walk(item, dot);
                    if (flow != Flow.Normal)
                    {
                        return flow;
                    }
                }

                return Flow.Normal;
            case TextNode text:
                Write(node, text.Text);
                return Flow.Normal;
            case ActionNode action:
                var value = Pipe(action.Pipe, dot);
                if (action.Pipe.Variables.Count == 0)
                {
                    Write(node, value is null ? "<no value>" : At(node, () => GoPrint.Text(value)));
                }

                return Flow.Normal;
            case JumpNode jump:
                return jump.IsBreak ? Flow.Break : Flow.Continue;
            case BranchNode { Kind: BranchKind.Range } range:
                return Range(range, dot);
            case BranchNode branch:
                return Branch(branch, dot);
            default:
                throw Fault(node, "unexpected node");
        }
    }

    private Flow Branch(BranchNode branch, object? dot)
    {
        var scope = _variables.Count;
        var value = Pipe(branch.Pipe, dot);
        var flow = Flow.Normal;
        if (Values.IsTrue(value))
        {
            flow = Walk(branch.Body, branch.Kind == BranchKind.With ? value : dot);
        }
        else if (branch.Else is not null)
        {
            flow = Walk(branch.Else, dot);
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        return flow;
    }

    private Flow Range(BranchNode range, object? dot)
    {
        var scope = _variables.Count;
        var value = Pipe(range.Pipe, dot);
        var flow = Flow.Normal;
        var any = false;
        foreach (var (key, item) in At(range, () => Items(value)))
        {
            any = true;
            Bind(range.Pipe, key, item);
            var bound = _variables.Count;
            var inner = Walk(range.Body, item);
            _variables.RemoveRange(bound, _variables.Count - bound);
            if (inner == Flow.Break)
            {
                break;
            }
        }

        if (!any && range.Else is not null)
        {
            flow = Walk(range.Else, dot);
        }

        _variables.RemoveRange(scope, _variables.Count - scope);
        return flow;
    }

    /// <summary>With one variable it takes the element; with two, the key and the element.</summary>
    private void Bind(PipeNode pipe, object? key, object? item)
    {
        if (pipe.Variables.Count == 1)
        {
            Set(pipe.Variables[0], item);
        }
        else if (pipe.Variables.Count == 2)
        {
            Set(pipe.Variables[0], key);
            Set(pipe.Variables[1], item);
        }
    }

    private static IEnumerable<(object? Key, object? Item)> Items(object? value) => value switch
    {
        null or Missing => [],
        TemplateMap map => map.Entries.Select(entry => ((object?)entry.Key, entry.Value)),
        IReadOnlyDictionary<string, object?> map => map.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => ((object?)entry.Key, entry.Value)),
        IReadOnlyList<object?> list => list.Select((item, index) => ((object?)(long)index, item)),
        long count => Enumerable.Range(0, (int)Math.Clamp(count, 0, int.MaxValue))
            .Select(index => ((object?)(long)index, (object?)(long)index)),
        _ => throw new ValueException($"range can't iterate over {GoPrint.Text(value)}"),
    };

    private object? Pipe(PipeNode pipe, object? dot)
    {
        Step(pipe);
        object? value = null;
        for (var i = 0; i < pipe.Commands.Count; i++)
        {
            value = Command(pipe.Commands[i], dot, i > 0, value);
        }

        foreach (var variable in pipe.Variables)
        {
            if (pipe.IsAssign)
            {
                Set(variable, value);
            }
            else
            {
                _variables.Add((variable, value));
            }
        }

        return value;
    }

    private object? Command(CommandNode command, object? dot, bool hasPiped, object? piped)
    {
        var first = command.Operands[0];
        if (first is FunctionNode function)
        {
            return Call(function, command, dot, hasPiped, piped);
        }

        if (first is NilNode)
        {
            throw Fault(first, "nil is not a command");
        }

        if (command.Operands.Count > 1 || hasPiped)
        {
            throw Fault(first, "can't give argument to non-function");
        }

        return Evaluate(first, dot);
    }

    private object? Call(FunctionNode function, CommandNode command, object? dot, bool hasPiped, object? piped)
    {
        Step(function);
        var definition = options.Functions[function.Name];
        if (definition.ShortCircuit is { } stopsAt)
        {
            return ShortCircuit(function, command, stopsAt, dot, hasPiped, piped);
        }

        var arguments = new List<object?>();
        foreach (var operand in command.Operands.Skip(1))
        {
            arguments.Add(Argument(Evaluate(operand, dot)));
        }

        if (hasPiped)
        {
            arguments.Add(Argument(piped));
        }

        if (arguments.Count < definition.MinArguments || arguments.Count > definition.MaxArguments)
        {
            var wanted = definition.MaxArguments == definition.MinArguments
                ? $"{definition.MinArguments}"
                : $"at least {definition.MinArguments}";
            throw Fault(function, $"wrong number of args for {function.Name}: want {wanted} got {arguments.Count}");
        }

        try
        {
            var result = definition.Invoke(new FunctionArguments(function.Name, arguments, options));
            return result is string { Length: var length } && length > options.MaxOutput
                ? throw new ValueException($"result of {length} characters is over the cap of {options.MaxOutput}")
                : result;
        }
        catch (ValueException error)
        {
            throw Fault(function, $"error calling {function.Name}: {error.Message}");
        }
    }

    /// <summary><c>and</c> and <c>or</c> evaluate no further than the answer needs.</summary>
    private object? ShortCircuit(FunctionNode function, CommandNode command, bool stopsAt, object? dot, bool hasPiped, object? piped)
    {
        if (command.Operands.Count == 1 && !hasPiped)
        {
            throw Fault(function, $"wrong number of args for {function.Name}: want at least 1 got 0");
        }

        object? value = null;
        foreach (var operand in command.Operands.Skip(1))
        {
            value = Argument(Evaluate(operand, dot));
            if (Values.IsTrue(value) == stopsAt)
            {
                return value;
            }
        }

        return hasPiped ? Argument(piped) : value;
    }

    private static object? Argument(object? value) => value is Missing ? null : value;

    private object? Evaluate(Node node, object? dot)
    {
        Step(node);
        return node switch
        {
            DotNode => dot,
            NilNode => null,
            ConstantNode constant => constant.Value,
            VariableNode variable => Get(variable),
            PipeNode pipe => Pipe(pipe, dot),
            FunctionNode function => Call(function, new CommandNode([function], function.Line, function.Column), dot, false, null),
            FieldNode field => Fields(field, dot),
            _ => throw Fault(node, "can't handle operand"),
        };
    }

    private object? Fields(FieldNode field, object? dot)
    {
        var value = field.Target is null ? dot : Evaluate(field.Target, dot);
        foreach (var part in field.Names)
        {
            value = At(field, () => Values.Field(value, part));
        }

        return value;
    }

    private object? Get(VariableNode variable)
    {
        for (var i = _variables.Count - 1; i >= 0; i--)
        {
            if (_variables[i].Name == variable.Name)
            {
                return _variables[i].Value;
            }
        }

        throw Fault(variable, $"undefined variable: {variable.Name}");
    }

    private void Set(string variable, object? value)
    {
        var at = _variables.FindLastIndex(entry => entry.Name == variable);
        _variables[at] = (variable, value);
    }

    private void Write(Node node, string text)
    {
        if (_output.Length + text.Length > options.MaxOutput)
        {
            throw Fault(node, $"output is over the cap of {options.MaxOutput} characters");
        }

        _output.Append(text);
    }

    private void Step(Node node)
    {
        if (++_steps > options.MaxSteps)
        {
            throw Fault(node, $"stopped after {options.MaxSteps} steps");
        }
    }

    private T At<T>(Node node, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ValueException error)
        {
            throw Fault(node, error.Message);
        }
    }

    private TemplateException Fault(Node node, string problem) => new(name, node.Line, node.Column, problem);
}
