using System.Security.Cryptography;
using System.Text;
using CsCheck;
using GitOpsToolkit.Controllers.ImageAutomation.Setters;

namespace GitOpsToolkit.Controllers.ImageAutomation.Tests;

/// <summary>Only the bytes of marked scalars change, whatever the file looks like, and the inverse edit restores every byte.</summary>
public sealed class SettersPropertyTests
{
    private const string OldImage = "reg.io:5000/team/app:v1.0.0";
    private const string NewImage = "reg.io:5000/team/app:v2.0.0-rc.1";

    private static readonly SetterValues OldValues = new([new PolicyImage("ns", "p", "reg.io:5000/team/app", "v1.0.0")]);
    private static readonly SetterValues NewValues = new([new PolicyImage("ns", "p", "reg.io:5000/team/app", "v2.0.0-rc.1")]);

    private const string Marker = """{"$imagepolicy": "ns:p"}""";
    private const string TagMarker = """{"$imagepolicy": "ns:p:tag"}""";
    private const string LongMarker = """{"$ref": "#/definitions/io.k8s.cli.setters.ns:p"}""";

    /// <summary>Lines with a marked value between «», in every style; @ is the key's number.</summary>
    private static readonly string[] Marked =
    [
        $"k@: «{OldImage}» # {Marker}",
        $"k@:    «'{OldImage}'»   #{Marker}   ",
        $"k@: «\"{OldImage}\"»\t#\t{Marker}\t",
        $"k@: &a@ «{OldImage}» # {Marker}\nr@: *a@",
        $"k@: !!str «\"{OldImage}\"» # {Marker}",
        $"k@: «v1.0.0» # {TagMarker}",
        $"k@: «{OldImage}» ## {{ \"$imagepolicy\" : \"ns:p\" }}",
        $"k@: «{OldImage}» # {LongMarker}",
        $"k@: {{i: «v1.0.0», # {TagMarker}\n  j: x}}",
        $"k@: [a, «\"{OldImage}\"», # {Marker}\n    b, {{c: d}}] # not this",
        $"k@:\n- «{OldImage}» # {Marker}\n- other",
        $"k@:\n  # {Marker}\n  - «'{OldImage}'»\n  - -  «v1.0.0» # {TagMarker}",
        $"k@:\n  # {Marker}\n  «{OldImage}»",
        $"k@: | # {Marker}\n    «{OldImage}»\n",
        $"k@: >- # {Marker}\n  «{OldImage}»",
        $"? k@\n: «{OldImage}» # {Marker}",
        $"k@: # about\n  deep:\n    - name: x\n      image: «{OldImage}» # {Marker}",
    ];

    /// <summary>Lines in which nothing may change.</summary>
    private static readonly string[] Plain =
    [
        $"u@: {OldImage}",
        $"u@: {OldImage} # {Marker} trailing",
        $"u@: {OldImage} # say {Marker}",
        $"u@: {OldImage} # {{\"$imagepolicy\": 5}}",
        $"u@: {OldImage} # {{\"$imagepolicy\": \"ns:other\"}}",
        $"u@: {OldImage} # {{\"$imagepolicy\": \"ns:p:nope\"}}",
        $"u@: \"{OldImage} # {{}}\"",
        $"u@: |\n  image: {OldImage} # {Marker}\n",
        $"u@: {{i: {OldImage}}} # {Marker}",
        $"u@: # {Marker}\n  i: {OldImage}",
        "u@:   1.10\t# tab\there\t",
        "",
        "   ",
        "# comment é 日本 𝄞",
        "u@: \"\\u263a \\\"q\\\"\"",
        "u@: 'it''s'",
        "u@: yes",
        "u@: \"𝄞☃\"",
        "u@: [1, 2,\n  3]",
    ];

    private static readonly Gen<string> Document = Gen.Select(Gen.Int[0, Marked.Length - 1], Gen.Int[0, Plain.Length - 1], Gen.Bool)
        .Select((marked, plain, first) => first ? new[] { Marked[marked], Plain[plain] } : [Plain[plain], Marked[marked]])
        .Array[1, 5]
        .Select(pairs => string.Join('\n', pairs.SelectMany(pair => pair).Select((line, index) => line.Replace("@", $"{index}"))));

    private static readonly Gen<string> Template = Gen.Select(Document.Array[1, 3], Gen.Int[0, 31]).Select((documents, flags) =>
    {
        var text = string.Join((flags & 1) == 0 ? "\n---\n" : "\n... # end\n---   # begin\n", documents);
        text = (flags & 2) == 0 ? text : "---\n" + text;
        text = (flags & 4) == 0 ? text + "\n" : text.TrimEnd('\n');
        text = (flags & 8) == 0 ? text : text.Replace("\n", "\r\n");
        return (flags & 16) == 0 ? text : "\uFEFF" + text;
    });

    [Fact]
    public void OnlyMarkedScalarsChangeAndTheInverseRestoresTheFile() => Template.Sample(template =>
    {
        var before = Bytes(template, value => value);
        var result = SetterEditor.Edit("f.yaml", before, NewValues);
        Assert.True(result.Unresolved.All(marker => marker.Problem.StartsWith("no such policy", StringComparison.Ordinal) || marker.Problem.StartsWith("unknown part", StringComparison.Ordinal)),
            string.Join('\n', result.Unresolved) + "\n" + template);
        var expected = Bytes(template, value => value.Replace(OldImage, NewImage).Replace("v1.0.0", "v2.0.0-rc.1"));
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(result.Content!));
        Assert.Equal(expected, result.Content);
        Assert.Equal(template.Count(c => c == '«'), result.Changes.Count);

        Assert.Null(SetterEditor.Edit("f.yaml", result.Content!, NewValues).Content);
        var back = SetterEditor.Edit("f.yaml", result.Content!, OldValues).Content!;
        Assert.Equal(Convert.ToHexString(SHA256.HashData(before)), Convert.ToHexString(SHA256.HashData(back)));
    }, iter: 1000);

    private static byte[] Bytes(string template, Func<string, string> value)
    {
        var text = new StringBuilder();
        foreach (var piece in template.Split('»'))
        {
            var at = piece.IndexOf('«', StringComparison.Ordinal);
            text.Append(at < 0 ? piece : piece[..at] + value(piece[(at + 1)..]));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
