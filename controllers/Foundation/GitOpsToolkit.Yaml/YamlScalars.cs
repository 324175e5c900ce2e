using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GitOpsToolkit.Yaml;

/// <summary>
/// Finds the scalar values of a text with their comments and exact places, for edits that touch nothing else. Keys may repeat; merge keys
/// and aliases stay what they are.
/// </summary>
public static class YamlScalars
{
    /// <summary>The scalars of every document of a text.</summary>
    /// <param name="text">The text, with its byte order mark if it has one: indexes count it.</param>
    /// <param name="file">How errors name the text.</param>
    /// <param name="options">Caps; the defaults if null.</param>
    /// <exception cref="YamlReadException">The text is no YAML or is beyond a cap.</exception>
    public static IReadOnlyList<YamlScalarDocument> Read(string text, string file = "", YamlReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var caps = options ?? YamlReaderOptions.Default;
        if (text.Length > caps.MaxLength)
        {
            throw new YamlReadException(file, new YamlPosition(1, 1),
                $"text of {text.Length} characters is over the cap of {caps.MaxLength}");
        }

        var shift = text.StartsWith('\uFEFF') ? 1 : 0;
        var body = text[shift..];
        try
        {
            var comments = CommentMap.Of(body);
            using var input = new StringReader(body);
            return new ScalarWalk(new Parser(new Scanner(input)), comments, shift, file, caps).Walk();
        }
        catch (YamlException error)
        {
            throw new YamlReadException(file, DocumentBuilder.Position(error.Start), error.Message, error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw new YamlReadException(file, new YamlPosition(1, 1), "malformed YAML, perhaps an unclosed [ or {", error);
        }
    }
}

/// <summary>Walks the events of a text and gathers its scalar values with their pointers.</summary>
internal sealed class ScalarWalk(IParser parser, CommentMap comments, int shift, string file, YamlReaderOptions caps)
{
    private List<YamlScalar> _scalars = [];
    private int _nodes;

    internal List<YamlScalarDocument> Walk()
    {
        var documents = new List<YamlScalarDocument>();
        parser.Consume<StreamStart>();
        while (!parser.Accept<StreamEnd>(out _))
        {
            parser.Consume<DocumentStart>();
            _scalars = [];
            var first = parser.Current!;
            Visit("", depth: 0, inFlow: false);
            var root = first switch
            {
                MappingStart => YamlRootKind.Map,
                SequenceStart => YamlRootKind.List,
                _ => YamlRootKind.Scalar,
            };
            documents.Add(new YamlScalarDocument(root, DocumentBuilder.Position(first.Start), _scalars));
            parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private void Visit(string pointer, int depth, bool inFlow)
    {
        var current = parser.Current!;
        if (depth > caps.MaxDepth || ++_nodes > caps.MaxNodes)
        {
            var problem = depth > caps.MaxDepth ? $"nested deeper than {caps.MaxDepth} levels" : $"more than {caps.MaxNodes} nodes";
            throw new YamlReadException(file, DocumentBuilder.Position(current.Start), problem);
        }

        parser.MoveNext();
        switch (current)
        {
            case Scalar scalar:
                Add(scalar, pointer, inFlow);
                break;
            case SequenceStart start:
                for (var index = 0; !parser.TryConsume<SequenceEnd>(out _); index++)
                {
                    Visit($"{pointer}/{index}", depth + 1, inFlow || start.Style == SequenceStyle.Flow);
                }

                break;
            case MappingStart start:
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var key = SkipKey(depth + 1);
                    Visit($"{pointer}/{key}", depth + 1, inFlow || start.Style == MappingStyle.Flow);
                }

                break;
        }
    }

    /// <summary>
    /// Passes over a key, which may be a collection (a template's <c>{{ x }}</c> reads as such); gives its text for the pointer.
    /// </summary>
    private string SkipKey(int depth)
    {
        if (parser.Current is Scalar scalar)
        {
            _nodes++;
            parser.MoveNext();
            return scalar.Value.Replace("~", "~0").Replace("/", "~1");
        }

        var kept = _scalars;
        _scalars = [];
        Visit("", depth, inFlow: true);
        _scalars = kept;
        return "";
    }

    private void Add(Scalar scalar, string pointer, bool inFlow)
    {
        if (!comments.TryFind((int)scalar.End.Index, scalar.Value, out var token))
        {
            return;
        }

        _scalars.Add(new YamlScalar
        {
            Value = scalar.Value,
            Style = token.Style,
            Start = token.Start + shift,
            End = token.End + shift,
            Position = token.Position,
            Pointer = pointer,
            Tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value,
            InFlow = inFlow,
            LineComment = token.LineComment,
            HeadComment = token.HeadComment,
        });
    }
}
