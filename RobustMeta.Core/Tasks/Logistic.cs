namespace RobustMeta.Tasks;

/// <summary>The logistic function and its loss, in double precision.</summary>
public static class Logistic
{
    /// <summary>σ(s) = 1/(1 + e^−s), the probability of a click with score s.</summary>
    public static double Sigmoid(double score) => 1 / (1 + Math.Exp(-score));

    /// <summary>
    /// log(1 + e^−|s|): what is left of log(1 + e^s) beside max(s, 0). In this form nothing overflows.
    /// </summary>
    public static double Tail(double score) => Math.Log(1 + Math.Exp(-Math.Abs(score)));
}
