namespace RobustMeta.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">What is downloaded.</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="Total">Bytes in all, or null where the server does not say.</param>
/// <param name="RedirectedTo">The host that sends it, where that is another than the catalog names; else null.</param>
public sealed record DownloadProgress(string File, long Bytes, long? Total, string? RedirectedTo = null);
