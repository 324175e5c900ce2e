using System.Text;

namespace GitOpsToolkit.SchemaFacts;

/// <summary>A protobuf message whose fields are looked up by number; only those with a length (texts and messages) are kept.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Value)> _fields = [];

    private ProtobufMessage()
    {
    }

    internal static ProtobufMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        var message = new ProtobufMessage();
        var at = 0;
        while (at < bytes.Length)
        {
            var tag = Varint(bytes.Span, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(bytes.Span, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes.Span, ref at);
                    message._fields.Add(((int)(tag >> 3), bytes.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7} at byte {at} is no protobuf");
            }
        }

        return message;
    }

    internal IEnumerable<ProtobufMessage> Messages(int number) =>
        _fields.Where(field => field.Number == number).Select(field => Parse(field.Value));

    internal string Text(int number)
    {
        var found = _fields.FindLast(field => field.Number == number);
        return Encoding.UTF8.GetString(found.Value.Span);
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException($"a number at byte {at} has no end");
    }
}
