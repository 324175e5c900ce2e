using GitOpsToolkit.Templating.Parsing;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>Pipelines, commands, fields and variables.</summary>
internal sealed partial class Executor
{
    private GoValue Pipeline(GoValue dot, PipeNode pipe)
    {
        call.Descend();
        node = pipe;
        GoValue? piped = null;
        foreach (var command in pipe.Commands)
        {
            piped = Command(dot, command, piped).Unwrapped;
        }

        var value = piped ?? default;
        foreach (var variable in pipe.Declared)
        {
            if (pipe.IsAssign)
            {
                SetVariable(variable.Path[0], value);
            }
            else
            {
                variables.Push(variable.Path[0], value);
            }
        }

        return value;
    }

    /// <param name="dot">The dot.</param>
    /// <param name="command">The command.</param>
    /// <param name="piped">The value of the command before, the last argument of this one.</param>
    private GoValue Command(GoValue dot, CommandNode command, GoValue? piped)
    {
        var arguments = command.Arguments;
        switch (arguments[0])
        {
            case FieldNode field:
                node = field;
                return Chain(dot, dot, field, field.Path, arguments, piped);
            case ChainNode chain:
                return OfChain(dot, chain, arguments, piped);
            case IdentifierNode identifier:
                return Function(dot, identifier, command, arguments, piped);
            case PipeNode pipe:
                RefuseArguments(arguments, piped);
                return Pipeline(dot, pipe);
            case VariableNode variable:
                return Variable(dot, variable, arguments, piped);
        }

        node = arguments[0];
        RefuseArguments(arguments, piped);
        return arguments[0] switch
        {
            BoolNode truth => GoValue.Of(truth.Truth),
            DotNode => dot,
            NumberNode number => Constant(number),
            StringNode text => GoValue.OfBytes(text.Text),
            _ => throw Fault("nil is not a command"),
        };
    }

    private void RefuseArguments(List<Node> arguments, GoValue? piped)
    {
        if (arguments.Count > 1 || piped is not null)
        {
            throw Fault($"can't give argument to non-function {arguments[0]}");
        }
    }

    private GoValue Constant(NumberNode number)
    {
        node = number;
        if (number is { Float: { } real, LooksFloat: true })
        {
            return GoValue.Of(real);
        }

        return number.Integer is { } whole ? GoValue.Of(whole) : throw Fault($"{number.Text} overflows int");
    }

    private GoValue OfChain(GoValue dot, ChainNode chain, List<Node> arguments, GoValue? piped)
    {
        node = chain;
        if (chain.Of is NilNode)
        {
            throw Fault($"indirection through explicit nil in {chain}");
        }

        var receiver = Argument(dot, null, chain.Of);
        return Chain(dot, receiver, chain, chain.Path, arguments, piped);
    }

    private GoValue Variable(GoValue dot, VariableNode variable, List<Node> arguments, GoValue? piped)
    {
        node = variable;
        var value = variables.Find(variable.Path[0]) ?? throw Fault($"undefined variable: {variable.Path[0]}");
        if (variable.Path.Length > 1)
        {
            return Chain(dot, value, variable, variable.Path.AsSpan(1), arguments, piped);
        }

        RefuseArguments(arguments, piped);
        return value;
    }

    /// <summary>Takes fields one in the other; the arguments are the last one's.</summary>
    private GoValue Chain(
        GoValue dot, GoValue receiver, Node of, ReadOnlySpan<string> path, List<Node> arguments, GoValue? piped)
    {
        for (var i = 0; i < path.Length - 1; i++)
        {
            receiver = Field(dot, path[i], of, [], null, receiver);
        }

        return Field(dot, path[^1], of, arguments, piped, receiver);
    }

    private GoValue Function(GoValue dot, IdentifierNode name, Node of, List<Node> arguments, GoValue? piped)
    {
        node = name;
        return Call(dot, options.Functions[name.Name], null, of, arguments, piped);
    }

    private GoValue Field(GoValue dot, string name, Node of, List<Node> arguments, GoValue? piped, GoValue receiver)
    {
        call.Spend(1);
        if (!receiver.IsValid)
        {
            return default;
        }

        var type = receiver.Type;
        var (held, isNil) = Indirect(receiver);
        if (held.Kind == GoKind.Interface && isNil)
        {
            throw Fault($"nil pointer evaluating {type}.{name}");
        }

        // A method of a pointer is found on the pointer and on what it points to.
        if (held.Type!.Method(name) is { } method)
        {
            return isNil ? throw Fault($"nil pointer evaluating {type}.{name}") : Call(dot, method, held, of, arguments, piped);
        }

        var hasArguments = arguments.Count > 1 || piped is not null;
        switch (held.Kind)
        {
            case GoKind.Struct when Find(held, name) is { } field:
                return hasArguments ? throw Fault($"{name} has arguments but cannot be invoked as function") : field;
            case GoKind.Map when GoType.String.IsAssignableTo(held.Type.Key!):
                if (hasArguments)
                {
                    throw Fault($"{name} is not a method but has arguments");
                }

                return held.Map is not null && held.Map.TryGet(name, out var found) ? GoValue.Placed(held.Type.Element!, found) : default;
            case GoKind.Pointer when isNil && held.Type.Element!.Fields.Any(field => field.Name == name):
                throw Fault($"nil pointer evaluating {type}.{name}");
            default:
                throw Fault($"can't evaluate field {name} in type {type}");
        }
    }

    /// <summary>A field of a struct, or of one that is embedded in it.</summary>
    private static GoValue? Find(GoValue value, string name)
    {
        var fields = value.Type!.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Name == name)
            {
                return value.Struct.Fields[i];
            }
        }

        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].IsEmbedded && Find(value.Struct.Fields[i], name) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }
}
