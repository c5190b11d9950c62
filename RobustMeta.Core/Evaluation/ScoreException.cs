namespace RobustMeta.Evaluation;

/// <summary>A method gave a score that is not finite, which no ranking can hold: NaN would come first or last by chance.</summary>
/// <param name="message">Whose score of which item, and what it is.</param>
public sealed class ScoreException(string message) : ArgumentException(message);
