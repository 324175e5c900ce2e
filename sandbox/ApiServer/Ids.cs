using System.Buffers.Binary;

namespace GitOpsToolkit.Sandbox.ApiServer;

/// <summary>Everything that the server makes up: uids, name suffixes, times.</summary>
internal sealed class Ids(ApiServerOptions options)
{
    // The alphabet of apimachinery's rand: no vowels, no look-alikes.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public DateTimeOffset Now => options.Time.GetUtcNow();

    /// <summary>The time in the form of metav1.Time: RFC 3339, whole seconds, UTC.</summary>
    public string NowText => Format(Now);

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    public string Uid()
    {
        var bytes = options.RandomBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string Suffix(int length) =>
        string.Create(length, options.RandomBytes(length), (text, random) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Alphabet[random[i] % Alphabet.Length];
            }
        });

    public int Number(int below) => (int)(BinaryPrimitives.ReadUInt32BigEndian(options.RandomBytes(4)) % (uint)below);
}
