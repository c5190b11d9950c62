using RobustMeta.Tasks;

namespace RobustMeta.Shift;

/// <summary>
/// A <see cref="ShiftProtocol"/> whose test sets hold what training must not see: ratings after a date, or of cold items.
/// Training and validation tasks lose those rows before anything is learned.
/// </summary>
public interface IHoldsOut
{
    /// <summary>Which rows training and validation may see.</summary>
    /// <param name="source">Ratings.</param>
    /// <param name="split">The split, before rows are held out.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    /// <returns>By row of the ratings: true where it may be seen.</returns>
    bool[] TrainingRows(TaskSource source, TaskSplit split, long seed);
}
