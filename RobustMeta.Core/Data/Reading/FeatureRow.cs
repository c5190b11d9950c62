namespace RobustMeta.Data.Reading;

/// <summary>One row of a file of features.</summary>
/// <param name="Id">Identifier of the user or item.</param>
/// <param name="Values">A value a feature.</param>
/// <param name="Path">The file.</param>
/// <param name="Line">Line, from 1.</param>
internal readonly record struct FeatureRow(string Id, FeatureValue[] Values, string Path, long Line);
