namespace RobustMeta.Tasks;

/// <summary>A method that scores test sets alone, each in its own way, such as scores that were computed elsewhere.</summary>
public interface ITestSetPredictor : IPredictor
{
    /// <summary>The method on one test set.</summary>
    /// <param name="testSet">Number of the test set.</param>
    IPredictor On(int testSet);
}
