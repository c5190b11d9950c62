namespace RobustMeta.Data.Reading;

/// <summary>Where reading stands in a file, for errors.</summary>
public interface IReadPosition
{
    /// <summary>An error at the current line or row.</summary>
    /// <param name="column">Column (field), from 1; 0 when the whole line is meant.</param>
    /// <param name="expected">What was expected there, and what stood there.</param>
    DataFormatException Error(int column, string expected);
}
