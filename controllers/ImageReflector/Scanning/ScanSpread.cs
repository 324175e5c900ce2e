using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Kubernetes;
using GitOpsToolkit.Registry;

namespace GitOpsToolkit.Controllers.ImageReflector.Scanning;

/// <summary>
/// Spreads the scans that are due when the process starts, so that a restart is no storm. An image's place in the spread follows from its
/// name: objects that share a listing stay together.
/// </summary>
/// <param name="start">When the process started.</param>
/// <param name="spread">Over how long; zero scans at once.</param>
/// <param name="isAwaited">Whether somebody waits for the tags: then they are not put off.</param>
internal sealed class ScanSpread(DateTimeOffset start, TimeSpan spread, Func<ObjectKey, bool> isAwaited)
{
    /// <summary>How long a due scan is put off; zero once its time has come.</summary>
    internal TimeSpan Delay(ObjectKey repository, ImageName image, TimeSpan interval, DateTimeOffset now)
    {
        var window = interval < spread ? interval : spread;
        if (now - start >= window || isAwaited(repository))
        {
            return TimeSpan.Zero;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(image.Canonical));
        var due = start + (window * (BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue));
        return due > now ? due - now : TimeSpan.Zero;
    }
}
