using System.Text.Json.Nodes;

namespace GitOpsToolkit.Conformance;

/// <summary>
/// The JSON-lines protocol of the conformance corpora. A question is an object with <c>id</c>, <c>op</c> and what the operation needs;
/// its answer is an object with the same <c>id</c> and the result, or <c>error</c> with the reason, or <c>unsupported</c>. Every line
/// that is not blank gets exactly one answer, in order, whatever it holds.
/// </summary>
public static class Conversation
{
    /// <summary>Answers every question until the input ends; an answer is flushed before the next question is read.</summary>
    public static async Task RunAsync(TextReader questions, TextWriter answers)
    {
        while (await questions.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                await answers.WriteAsync(Answer(line) + "\n");
                await answers.FlushAsync();
            }
        }
    }

    /// <summary>Answers one question.</summary>
    public static string Answer(string line)
    {
        JsonNode? id = null;
        JsonObject answer;
        try
        {
            var question = JsonNode.Parse(line) as JsonObject ?? throw new FormatException("a question is a JSON object");
            id = question["id"]?.DeepClone();
            answer = Operations.Table.TryGetValue(question.Text("op"), out var operation)
                ? operation(question)
                : new JsonObject { ["unsupported"] = true };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A question that cannot be understood is answered like one whose input is at fault: the asker compares.
            answer = new JsonObject { ["error"] = error.Message };
        }

        answer.Insert(0, "id", id);
        return answer.ToJsonString();
    }
}
