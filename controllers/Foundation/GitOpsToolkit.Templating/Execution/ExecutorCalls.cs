using GitOpsToolkit.Templating.Functions;
using GitOpsToolkit.Templating.Parsing;

namespace GitOpsToolkit.Templating.Execution;

/// <summary>Calls, and the conversion of arguments to the types that functions take.</summary>
internal sealed partial class Executor
{
    /// <param name="dot">The dot.</param>
    /// <param name="function">What is called.</param>
    /// <param name="receiver">The value of a method.</param>
    /// <param name="of">The node that errors of the function are told at.</param>
    /// <param name="arguments">The function's node and the arguments; may be empty.</param>
    /// <param name="piped">The value of the command before.</param>
    private GoValue Call(GoValue dot, GoFunction function, GoValue? receiver, Node of, List<Node> arguments, GoValue? piped)
    {
        var given = Math.Max(arguments.Count - 1, 0);
        var count = given + (piped is null ? 0 : 1);
        CheckCount(function, given, count);
        if (function.StopsAt is { } stop)
        {
            return ShortCircuit(dot, stop, arguments, piped);
        }

        var offset = receiver is null ? 0 : 1;
        var values = new GoValue[count + offset];
        if (receiver is { } self)
        {
            values[0] = self;
        }

        for (var i = 0; i < given; i++)
        {
            values[i + offset] = Argument(dot, Parameter(function, i), arguments[i + 1]);
        }

        if (piped is { } last)
        {
            values[^1] = Converted(last, LastParameter(function, count));
        }

        return Invoke(function, of, arguments, values, offset);
    }

    private GoValue Invoke(GoFunction function, Node of, List<Node> arguments, GoValue[] values, int offset)
    {
        for (var i = 0; i < values.Length; i++)
        {
            call.Spend(values[i]);
            if (i >= offset && Parameter(function, i - offset) is { Kind: GoKind.Interface })
            {
                values[i] = values[i].Unwrapped;
            }
        }

        try
        {
            call.Spend(1);
            var result = ReferenceEquals(function, BuiltIns.Call)
                ? BuiltIns.CallValue(call, arguments.Count > 1 ? arguments[1].ToString() : BuiltIns.NameOf(values[^1]), values)
                : function.Invoke(call, values);
            call.Spend(result);
            return result;
        }
        catch (GoException error)
        {
            node = of;
            throw Fault($"error calling {function.Name}: {error.Message}");
        }
        catch (LimitException error)
        {
            node = of;
            throw Fault($"error calling {function.Name}: {error.Message}");
        }
    }

    private void CheckCount(GoFunction function, int given, int count)
    {
        var parameters = function.Parameters.Count;
        if (function.IsVariadic && count < parameters - 1)
        {
            throw Fault($"wrong number of args for {function.Name}: want at least {parameters - 1} got {given}");
        }

        if (!function.IsVariadic && count != parameters)
        {
            throw Fault($"wrong number of args for {function.Name}: want {parameters} got {count}");
        }
    }

    private static GoType Parameter(GoFunction function, int index) =>
        function.Parameters.Count == 0 ? GoType.Reflected : function.Parameters[Math.Min(index, function.Parameters.Count - 1)];

    private static GoType LastParameter(GoFunction function, int count) => Parameter(function, count - 1);

    /// <summary>and, or: the first argument that decides, without a look at those behind it.</summary>
    private GoValue ShortCircuit(GoValue dot, bool stop, List<Node> arguments, GoValue? piped)
    {
        var value = default(GoValue);
        foreach (var argument in arguments.Skip(1))
        {
            value = Argument(dot, GoType.Reflected, argument);
            if (Truth.Of(value.Unwrapped) == stop)
            {
                return value;
            }
        }

        return piped ?? value;
    }

    /// <summary>An argument as a parameter's type; any type where that is null.</summary>
    private GoValue Argument(GoValue dot, GoType? type, Node argument)
    {
        call.Descend();
        node = argument;
        switch (argument)
        {
            case DotNode:
                return Converted(dot, type);
            case NilNode:
                return type!.CanBeNil ? GoValue.Zero(type) : throw Fault($"cannot assign nil to {type}");
            case FieldNode field:
                return Converted(Chain(dot, dot, field, field.Path, [], null), type);
            case VariableNode variable:
                return Converted(Variable(dot, variable, [], null), type);
            case PipeNode pipe:
                return Converted(Pipeline(dot, pipe), type);
            case IdentifierNode identifier:
                return Converted(Function(dot, identifier, identifier, [], null), type);
            case ChainNode chain:
                return Converted(OfChain(dot, chain, [], null), type);
            default:
                return Literal(type!, argument);
        }
    }

    private GoValue Literal(GoType type, Node literal)
    {
        switch (type.Kind)
        {
            case GoKind.Bool:
                return literal is BoolNode truth ? new GoValue(type, truth.Truth) : throw Fault($"expected bool; found {literal}");
            case GoKind.Float64:
                return literal is NumberNode { Float: { } real } ? new GoValue(type, real) : throw Fault($"expected float; found {literal}");
            case GoKind.Int or GoKind.Int32 or GoKind.Int64:
                return literal is NumberNode { Integer: { } whole }
                    ? new GoValue(type, whole)
                    : throw Fault($"expected integer; found {literal}");
            case GoKind.Uint or GoKind.Uint8 or GoKind.Uint64:
                return literal is NumberNode { Unsigned: { } size }
                    ? new GoValue(type, size)
                    : throw Fault($"expected unsigned integer; found {literal}");
            case GoKind.String:
                return literal is StringNode text ? new GoValue(type, text.Text) : throw Fault($"expected string; found {literal}");
            case GoKind.Interface:
            case GoKind.Struct when ReferenceEquals(type, GoType.Reflected):
                return literal switch
                {
                    BoolNode any => GoValue.Of(any.Truth),
                    NumberNode any => Constant(any),
                    StringNode any => GoValue.OfBytes(any.Text),
                    _ => throw Fault($"can't handle assignment of {literal} to empty interface argument"),
                };
            default:
                throw Fault($"can't handle {literal} for arg of type {type}");
        }
    }

    /// <summary>A value as a parameter's type, where Go would take it there.</summary>
    private GoValue Converted(GoValue value, GoType? type)
    {
        if (type is null || ReferenceEquals(type, GoType.Reflected))
        {
            return value;
        }

        if (!value.IsValid)
        {
            return type.CanBeNil ? GoValue.Zero(type) : throw Fault($"invalid value; expected {type}");
        }

        if (value.Type.IsAssignableTo(type))
        {
            return value;
        }

        if (value.Kind == GoKind.Interface && !value.IsNil)
        {
            value = value.Inner;
            if (value.Type!.IsAssignableTo(type))
            {
                return value;
            }
        }

        if (value.Kind == GoKind.Pointer && value.Type.Element!.IsAssignableTo(type))
        {
            return value.IsNil ? throw Fault($"dereference of nil pointer of type {type}") : value.Inner;
        }

        throw Fault($"wrong type for value; expected {type}; got {value.Type}");
    }
}
