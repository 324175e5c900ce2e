global using GitOpsToolkit.TestKit;
global using Xunit;
