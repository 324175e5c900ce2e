using System.Runtime.CompilerServices;

namespace GitOpsToolkit.Templating;

/// <summary>The limits of one run, which functions spend from.</summary>
public sealed class CallContext
{
    private const int BytesOfAStep = 16;
    private const int StepsBetweenLooks = 4096;
    private readonly TemplateOptions options;
    private readonly long began;
    private long steps;
    private long nextLook = StepsBetweenLooks;

    internal CallContext(TemplateOptions options)
    {
        this.options = options;
        began = options.Time.GetTimestamp();
    }

    internal int MaxOutput => options.MaxOutput;

    internal int MaxCalls => options.MaxCalls;

    /// <summary>Accounts for work.</summary>
    /// <exception cref="LimitException">The run has done all that it may.</exception>
    public void Spend(long work)
    {
        steps += work;
        if (steps > options.MaxSteps)
        {
            throw new LimitException($"stopped after {options.MaxSteps} steps");
        }

        if (steps < nextLook)
        {
            return;
        }

        nextLook = steps + StepsBetweenLooks;
        if (options.Time.GetElapsedTime(began) > options.MaxDuration)
        {
            throw new LimitException($"stopped after {options.MaxDuration.TotalSeconds} seconds");
        }
    }

    /// <summary>Accounts for a text of some bytes before it is made.</summary>
    /// <exception cref="LimitException">The text would be too long.</exception>
    public void SpendBytes(long bytes)
    {
        if (bytes > options.MaxOutput)
        {
            throw new LimitException($"text is over the limit of {options.MaxOutput} bytes");
        }

        Spend(bytes / BytesOfAStep);
    }

    /// <summary>Accounts for a value that is handed over: its bytes or elements, not what those hold.</summary>
    internal void Spend(in GoValue value)
    {
        var held = value.Unwrapped;
        if (held.Kind == GoKind.String)
        {
            SpendBytes(held.Bytes.Length);
        }
        else if (held.Length is { } count)
        {
            Spend(count);
        }
    }

    /// <summary>Accounts for one step into something that may nest without end.</summary>
    internal void Descend()
    {
        Spend(1);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new LimitException("nested too deep");
        }
    }
}

/// <summary>A run met a limit. Unlike a function's fault it is never one that a template may swallow.</summary>
internal sealed class LimitException(string message) : Exception(message);
