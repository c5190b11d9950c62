namespace RobustMeta.Data;

/// <summary>An opened download.</summary>
/// <param name="Content">What is downloaded.</param>
/// <param name="Length">Its length in bytes, or null where the server does not say.</param>
/// <param name="From">The address that answers, after redirects.</param>
public sealed record Download(Stream Content, long? Length, Uri From);
