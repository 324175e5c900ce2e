namespace GitOpsToolkit.Templating;

/// <summary>What a function does.</summary>
/// <param name="call">The limits of the run that calls it.</param>
/// <param name="arguments">
/// The arguments, converted to the parameters' types; a method's first argument is its value. Arguments for <c>interface {}</c> are the values
/// themselves, the default value for nil.
/// </param>
/// <exception cref="GoException">The function fails; the executor adds the place.</exception>
public delegate GoValue GoCall(CallContext call, GoValue[] arguments);

/// <summary>A function or a method that templates may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The types of its parameters, without a method's value; the last repeats where it is variadic.</param>
/// <param name="Invoke">What it does.</param>
public sealed record GoFunction(string Name, IReadOnlyList<GoType> Parameters, GoCall Invoke)
{
    /// <summary>Whether the last parameter takes any number of arguments.</summary>
    public bool IsVariadic { get; init; }

    /// <summary>For Go's <c>and</c> and <c>or</c>: the truth at which evaluation stops.</summary>
    internal bool? StopsAt { get; init; }
}

/// <summary>What went wrong inside a function or an operation on values: Go's error or panic. Its message holds a byte string.</summary>
public sealed class GoException(string message) : Exception(message);
