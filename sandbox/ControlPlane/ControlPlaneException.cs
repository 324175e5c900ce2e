namespace GitOpsToolkit.Sandbox.ControlPlanes;

/// <summary>A control plane did not start; the message says which program, why, and ends with its last lines.</summary>
public sealed class ControlPlaneException : Exception
{
    /// <summary>Creates the failure.</summary>
    public ControlPlaneException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with what caused it.</summary>
    public ControlPlaneException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates the failure.</summary>
    public ControlPlaneException()
    {
    }
}
