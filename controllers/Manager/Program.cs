using GitOpsToolkit.Manager;

return await ManagerCommand.RunAsync(args, TimeProvider.System, Console.OpenStandardError());
