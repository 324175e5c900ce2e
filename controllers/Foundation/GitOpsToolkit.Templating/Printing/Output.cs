using System.Text;

namespace GitOpsToolkit.Templating.Printing;

/// <summary>A byte string under construction that cannot grow past the run's limit.</summary>
internal sealed class Output(CallContext call)
{
    private readonly StringBuilder bytes = new();

    internal CallContext Call => call;

    internal Output Write(string piece)
    {
        Room(piece.Length);
        bytes.Append(piece);
        return this;
    }

    internal Output Write(char piece)
    {
        Room(1);
        bytes.Append(piece);
        return this;
    }

    internal Output Write(char piece, int count)
    {
        if (count > 0)
        {
            Room(count);
            bytes.Append(piece, count);
        }

        return this;
    }

    public override string ToString() => bytes.ToString();

    private void Room(int more)
    {
        // A function may write many texts and keep them all.
        call.SpendBytes(more);
        if ((long)bytes.Length + more > call.MaxOutput)
        {
            throw new LimitException($"output is over the limit of {call.MaxOutput} bytes");
        }
    }
}
