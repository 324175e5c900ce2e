using GitOpsToolkit.Templating.Functions;

namespace GitOpsToolkit.Templating;

/// <summary>The functions that templates may call.</summary>
public sealed class FunctionTable
{
    private readonly Dictionary<string, GoFunction> functions = new(StringComparer.Ordinal);

    /// <summary>Creates a table; where two functions have a name, the later one counts.</summary>
    public FunctionTable(IEnumerable<GoFunction> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        foreach (var function in functions)
        {
            this.functions[function.Name] = function;
        }
    }

    /// <summary>Go's own functions.</summary>
    public static FunctionTable BuiltIn { get; } = new(BuiltIns.All);

    /// <summary>
    /// Go's own functions, and those of sprig whose answer is decided by what is given to them: not the clock, the host, the network or chance.
    /// </summary>
    public static FunctionTable Hermetic { get; } = new(
    [
        .. BuiltIns.All, .. TextFunctions.All, .. CaseFunctions.All, .. WrapFunctions.All, .. NumberFunctions.All, .. DecimalFunctions.All,
        .. ListFunctions.All, .. MapFunctions.All, .. DefaultFunctions.All, .. TypeFunctions.All, .. EncodingFunctions.All,
        .. JsonFunctions.All, .. PathFunctions.All, .. UrlFunctions.All, .. RegexFunctions.All, .. VersionFunctions.All,
        .. DateFunctions.All,
    ]);

    /// <summary>The names, sorted.</summary>
    public IEnumerable<string> Names => functions.Keys.Order(StringComparer.Ordinal);

    internal GoFunction this[string name] => functions[name];

    /// <summary>A table with further functions; where a name is there already, the new function counts.</summary>
    public FunctionTable With(IEnumerable<GoFunction> more) => new([.. functions.Values, .. more]);

    internal bool Contains(string name) => functions.ContainsKey(name);
}
