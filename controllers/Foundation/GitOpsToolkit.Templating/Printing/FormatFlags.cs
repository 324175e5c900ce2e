namespace GitOpsToolkit.Templating.Printing;

/// <summary>What stands between the % and the letter of a verb.</summary>
internal struct FormatFlags
{
    internal bool Sharp;
    internal bool Zero;
    internal bool Plus;
    internal bool Minus;
    internal bool Space;

    /// <summary>%+v: names of fields.</summary>
    internal bool PlusV;

    /// <summary>%#v: Go syntax.</summary>
    internal bool SharpV;

    internal int? Width;
    internal int? Precision;
}
