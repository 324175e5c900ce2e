using System.Globalization;
using System.Text;
using GitOpsToolkit.Sandbox.Machinery;

namespace GitOpsToolkit.Sandbox.ApiServer.Http;

/// <summary>The options of create, update and patch, as the query gives them.</summary>
internal sealed record WriteOptions(bool DryRun, string Manager, bool Force, FieldValidation Validation)
{
    /// <exception cref="ApiError">422: a value is not one of the allowed ones.</exception>
    public static WriteOptions Read(ApiCall call, string optionsKind)
    {
        var errors = new List<FieldError>();
        var dryRuns = call.Http.Request.Query["dryRun"].OfType<string>().ToList();
        foreach (var value in dryRuns.Where(v => v != "All"))
        {
            errors.Add(FieldError.NotSupported("dryRun", value, ["All"]));
        }

        var manager = call.Query("fieldManager");
        if (manager.Length > 128)
        {
            errors.Add(FieldError.TooLong("fieldManager", 128));
        }

        errors.AddRange(Unprintable(manager));
        var validation = call.Query("fieldValidation") switch
        {
            "" or "Warn" => FieldValidation.Warn,
            "Strict" => FieldValidation.Strict,
            "Ignore" => FieldValidation.Ignore,
            var other => Refuse(other, errors),
        };
        if (errors.Count > 0)
        {
            throw ApiError.Invalid("meta.k8s.io", optionsKind, "", errors);
        }

        return new(dryRuns.Count > 0, manager.Length > 0 ? manager : FromUserAgent(call), call.Flag("force"), validation);
    }

    /// <summary>Without a fieldManager it is the user agent up to the first slash.</summary>
    private static string FromUserAgent(ApiCall call)
    {
        var agent = call.Http.Request.Headers.UserAgent.ToString();
        var slash = agent.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? agent : agent[..slash];
        name = new string([.. name.Where(c => !char.IsControl(c))]);
        return name.Length == 0 ? "unknown" : name[..Math.Min(name.Length, 128)];
    }

    private static IEnumerable<FieldError> Unprintable(string manager)
    {
        var at = 0;
        foreach (var rune in manager.EnumerateRunes())
        {
            if (IsUnprintable(rune))
            {
                yield return FieldError.InvalidText("fieldManager", manager, $"invalid character U+{rune.Value:X4} (at position {at})");
            }

            at += rune.Utf8SequenceLength;
        }
    }

    private static bool IsUnprintable(Rune rune) => rune.Value != ' ' && (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static FieldValidation Refuse(string value, List<FieldError> errors)
    {
        errors.Add(FieldError.NotSupported("fieldValidation", value, ["", "Ignore", "Strict", "Warn"]));
        return FieldValidation.Warn;
    }
}
