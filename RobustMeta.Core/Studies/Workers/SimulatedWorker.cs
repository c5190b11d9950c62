namespace RobustMeta.Studies.Workers;

/// <summary>A worker of a simulation.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Limit">When it is stopped, in seconds of the simulation.</param>
/// <param name="Left">Seconds that its run still takes; 0: it has none.</param>
internal sealed record SimulatedWorker(int Number, double Limit, double Left = 0);
