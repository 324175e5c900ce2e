using GitOpsToolkit.Templating.Execution;
using GitOpsToolkit.Templating.Functions;

namespace GitOpsToolkit.Templating;

/// <summary>The functions that a template may call.</summary>
public sealed class FunctionTable
{
    private readonly Dictionary<string, Function> _functions = new(StringComparer.Ordinal);

    internal FunctionTable(params IEnumerable<IEnumerable<Function>> groups)
    {
        foreach (var function in groups.SelectMany(group => group))
        {
            _functions[function.Name] = function;
        }
    }

    /// <summary>Go's built-in functions, and those of sprig that always give the same answer for the same input.</summary>
    public static FunctionTable Hermetic { get; } = new(BuiltIns.All, StringFunctions.All, CaseFunctions.All, ListFunctions.All,
        NumberFunctions.All, EncodingFunctions.All);

    /// <summary>The names, sorted.</summary>
    public IEnumerable<string> Names => _functions.Keys.Order(StringComparer.Ordinal);

    internal Function this[string name] => _functions[name];

    internal bool Contains(string name) => _functions.ContainsKey(name);
}

/// <summary>One function: its name, how many arguments it takes, and what it does.</summary>
internal sealed record Function(string Name, int MinArguments, int MaxArguments, Func<FunctionArguments, object?> Invoke)
{
    /// <summary>For <c>and</c> and <c>or</c>: the truth at which evaluation stops.</summary>
    internal bool? ShortCircuit { get; init; }
}

/// <summary>The arguments of a call, with typed access that fails as Go's does.</summary>
internal sealed class FunctionArguments(string function, IReadOnlyList<object?> values, TemplateOptions options)
{
    internal int Count => values.Count;

    internal IReadOnlyList<object?> All => values;

    internal int MaxOutput => options.MaxOutput;

    internal object? this[int index] => values[index];

    internal string Text(int index) => values[index] as string ?? throw Wrong(index, "string");

    internal long Integer(int index) => values[index] switch
    {
        long number => number,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e18 => (long)number,
        _ => throw Wrong(index, "int"),
    };

    internal int Count32(int index) => Integer(index) is var number and >= int.MinValue and <= int.MaxValue
        ? (int)number
        : throw Wrong(index, "int");

    internal IReadOnlyList<object?> List(int index) => values[index] switch
    {
        IReadOnlyList<object?> list => list,
        null => [],
        _ => throw Wrong(index, "list"),
    };

    internal IReadOnlyDictionary<string, object?> Map(int index) =>
        values[index] as IReadOnlyDictionary<string, object?> ?? throw Wrong(index, "map");

    private ValueException Wrong(int index, string type) =>
        new($"argument {index + 1} of {function}: expected {type}, found {Values.TypeName(values[index])}");
}
