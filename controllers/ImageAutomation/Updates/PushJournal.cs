using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GitOpsToolkit.Kubernetes;

namespace GitOpsToolkit.Controllers.ImageAutomation.Updates;

/// <summary>A commit that was about to be pushed.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Commit">The commit's id.</param>
/// <param name="Time">When.</param>
internal sealed record PendingPush(string Branch, string Commit, DateTimeOffset Time);

/// <summary>
/// Notes each push before it is made, so that a run that was killed between the push and the status is recognised by the next one.
/// </summary>
internal sealed class PushJournal
{
    private readonly string _folder;

    /// <summary>Opens the journal in a folder, which is made if it is missing.</summary>
    internal PushJournal(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Notes a push that is about to be made.</summary>
    internal void Write(ObjectKey automation, PendingPush push)
    {
        var path = PathOf(automation);
        var temporary = path + ".new";
        File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{push.Commit}\n{push.Time:O}\n{push.Branch}\n"));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The push that was noted last and not cleared; null if there is none or the note is torn.</summary>
    internal PendingPush? Read(ObjectKey automation)
    {
        var path = PathOf(automation);
        if (!File.Exists(path) || File.ReadAllLines(path) is not [var commit, var time, var branch, ..])
        {
            return null;
        }

        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var when)
            ? new PendingPush(branch, commit, when)
            : null;
    }

    /// <summary>Forgets the note: the push is in the status, or did not happen.</summary>
    internal void Clear(ObjectKey automation) => File.Delete(PathOf(automation));

    private string PathOf(ObjectKey automation) =>
        Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(automation.ToString())))[..32]);
}
