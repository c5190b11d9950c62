namespace RobustMeta.Data.Reading;

/// <summary>Where a user can write how a file is to be read: what an error may advise.</summary>
internal enum SettingsPlace
{
    /// <summary>In the table of a data set.</summary>
    Catalog,

    /// <summary>Among the words of the command that reads the file.</summary>
    Command,

    /// <summary>Nowhere: the file has to be written otherwise.</summary>
    None,
}
