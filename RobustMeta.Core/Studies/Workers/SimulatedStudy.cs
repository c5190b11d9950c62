namespace RobustMeta.Studies.Workers;

/// <summary>What a simulated study takes.</summary>
/// <param name="Makespan">From the start of the first worker to the end of the last run.</param>
/// <param name="Efficiency">Fraction of the workers' time that runs take themselves.</param>
/// <param name="Restarts">How often a worker met its time limit.</param>
public sealed record SimulatedStudy(TimeSpan Makespan, double Efficiency, int Restarts);
