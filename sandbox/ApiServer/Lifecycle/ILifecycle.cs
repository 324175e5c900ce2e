using GitOpsToolkit.Sandbox.ApiServer.Storage;

namespace GitOpsToolkit.Sandbox.ApiServer.Lifecycle;

/// <summary>One of the server's own controllers: it sees every change, then works until it has nothing left to do.</summary>
internal interface ILifecycle
{
    /// <summary>Notes what a change makes necessary. Must not write.</summary>
    void Observe(Change change);

    /// <summary>Does what is necessary.</summary>
    void Work();
}
