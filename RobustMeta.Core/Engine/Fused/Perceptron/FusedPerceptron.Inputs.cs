using RobustMeta.Engine.Fused.Memory;

namespace RobustMeta.Engine.Fused.Perceptron;

/// <content>Embeddings that adapt: numbers of users' own rows, and what comes back to the users' inputs.</content>
internal sealed unsafe partial class FusedPerceptron<T>
{
    private readonly OwnTokens<T>? ownTokens;
    private readonly Action<int, int>? numberTokens;

    // Numbers tokens of items; of the users' fields it is enough to know how far a step on their rows moves the input.
    private void BeginInputs()
    {
        if (ownTokens is null)
        {
            return;
        }
        batch.OwnTokens = ownTokens;
        ownTokens.Begin(batch);
        pool.Run(batch.Tasks.Count, numberTokens!);
        batch.UserMetric = memory.TakeZeros((long)batch.Tasks.Count * shape.UserPadded);
        for (var u = 0; u < batch.Tasks.Count; u++)
        {
            for (var field = 0; field < userTables.Count; field++)
            {
                var column = userTables.Column(field);
                if (column.Table is not null)
                {
                    var own = batch.UserMetric + (long)u * shape.UserPadded + column.Start;
                    new Span<T>(own, column.Width).Fill(column.SquaredFractions(batch.Tasks.Users[u]));
                }
            }
        }
    }
}
