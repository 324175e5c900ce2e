using System.Collections.Frozen;

namespace GitOpsToolkit.Sandbox.ApiServer.Protobuf;

/// <summary>What a field of a message holds.</summary>
/// <param name="Name">Its JSON name.</param>
/// <param name="Type">A message's name, or s, i, b, y, d: text, integer, Boolean, bytes, double.</param>
/// <param name="IsList">Repeated.</param>
/// <param name="IsMap">A map from texts.</param>
/// <param name="IsInline">Its fields belong to the parent in JSON.</param>
/// <param name="IsOptional">A zero value means zero; otherwise it means absent.</param>
internal sealed record ProtoField(string Name, string Type, bool IsList, bool IsMap, bool IsInline, bool IsOptional);

/// <summary>
/// The wire format of the built-in kinds: which number stands for which field. The table (fields.txt) has one message a line,
/// <c>package.version.Message field=number:type …</c>, with the marks <c>?</c> optional, <c>^</c> inline, <c>[]</c> list, <c>{}</c> map.
/// </summary>
internal static class ProtoTypes
{
    private static readonly Lazy<FrozenDictionary<string, FrozenDictionary<int, ProtoField>>> Messages = new(Load);

    public static FrozenDictionary<int, ProtoField>? Find(string message) => Messages.Value.GetValueOrDefault(message);

    /// <summary>The message of a kind: <c>apps.v1.Deployment</c> for apps/v1, Deployment.</summary>
    public static string NameOf(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "core" : apiVersion[..slash].Split('.')[0];
        return kind == "DeleteOptions" ? "meta.v1.DeleteOptions" : $"{group}.{apiVersion[(slash + 1)..]}.{kind}";
    }

    private static FrozenDictionary<string, FrozenDictionary<int, ProtoField>> Load()
    {
        using var stream = typeof(ProtoTypes).Assembly.GetManifestResourceStream("Protobuf.fields.txt")
            ?? throw new InvalidOperationException("The table of protobuf fields is not in the assembly.");
        using var reader = new StreamReader(stream);
        var messages = new Dictionary<string, FrozenDictionary<int, ProtoField>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            messages[parts[0]] = parts[1..].Select(Field).ToFrozenDictionary(f => f.Number, f => f.Field);
        }

        return messages.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static (int Number, ProtoField Field) Field(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, type) = (text[..equals], text[(colon + 1)..]);
        var field = new ProtoField(
            name.TrimStart('^').TrimEnd('?'),
            type.StartsWith("[]", StringComparison.Ordinal) || type.StartsWith("{}", StringComparison.Ordinal) ? type[2..] : type,
            type.StartsWith("[]", StringComparison.Ordinal),
            type.StartsWith("{}", StringComparison.Ordinal),
            name.StartsWith('^'),
            name.EndsWith('?'));
        return (int.Parse(text.AsSpan(equals + 1, colon - equals - 1)), field);
    }
}
