namespace RobustMeta.Serving;

/// <summary>One user field of one user, as a model sees it.</summary>
/// <param name="Tokens">Tokens of a token field; empty for a number.</param>
/// <param name="Number">Value of a numeric field.</param>
internal readonly record struct FieldInput(int[] Tokens, float Number);
