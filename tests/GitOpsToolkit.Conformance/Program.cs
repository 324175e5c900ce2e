using System.Text;
using GitOpsToolkit.Conformance;

// One question a line on standard input, one answer a line on standard output; see Conversation for the protocol.
var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var questions = new StreamReader(Console.OpenStandardInput(), encoding);
await using var answers = new StreamWriter(Console.OpenStandardOutput(), encoding);
await Conversation.RunAsync(questions, answers);
