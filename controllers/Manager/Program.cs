using GitOpsToolkit.Manager;

return await ManagerCommand.Create(TimeProvider.System, Console.OpenStandardError()).Parse(args).InvokeAsync();
