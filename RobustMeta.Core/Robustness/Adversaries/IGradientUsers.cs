using RobustMeta.Tasks;

namespace RobustMeta.Robustness.Adversaries;

/// <summary>An adversary of users that looks at the directions of gradients, beside the size of losses.</summary>
internal interface IGradientUsers : IUserAdversary
{
    /// <summary>Orders training users of a batch so that those of a part stand in a row.</summary>
    void Arrange(Span<int> users);

    /// <summary>
    /// The parts of a batch whose gradients it asks for, as places of tasks; empty for none. Each task is in one of them, and users of a part
    /// are given the same weight.
    /// </summary>
    int[][] Parts(TaskBatch batch);

    /// <summary>Takes them, before it weighs the batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="products">Inner products of the gradients of the parts' mean losses, in the order of the parts.</param>
    void See(TaskBatch batch, double[,] products);
}
