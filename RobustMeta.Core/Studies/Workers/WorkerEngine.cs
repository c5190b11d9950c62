using RobustMeta.Settings;

namespace RobustMeta.Studies.Workers;

/// <summary>
/// What starts workers and starts them again when they die; nothing else depends on it. To add one, inherit with a parameterless
/// constructor and hand an example to <see cref="Registry"/>.
/// </summary>
public abstract class WorkerEngine
{
    /// <summary>All engines, by name: those of this library and those added from outside.</summary>
    public static Registry<WorkerEngine> Registry { get; } =
        new("engine", engine => engine.Name, Registry<WorkerEngine>.Examples(typeof(WorkerEngine).Assembly));

    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it starts workers with, in one line.</summary>
    public abstract string Meaning { get; }

    /// <summary>Refuses what the engine cannot start, before anything is said or written. The usual engine starts anything.</summary>
    /// <param name="order">What is to be started; nothing of its folder is there yet.</param>
    /// <exception cref="SettingException">It cannot; the message names the setting and the remedy.</exception>
    public virtual void Check(WorkerOrder order) => ArgumentNullException.ThrowIfNull(order);

    /// <summary>Starts the workers. Returns when they have ended, or when another program looks after them.</summary>
    /// <param name="order">What to start, as <see cref="Check"/> lets it pass; its folder exists.</param>
    /// <param name="cancellation">Ends the workers that this process looks after.</param>
    /// <returns>What to tell the user, in one line.</returns>
    /// <exception cref="SettingException">A program that it needs is not on this machine.</exception>
    /// <exception cref="IOException">Not all workers could be started, or not all ended well; what they did is kept.</exception>
    public abstract string Submit(WorkerOrder order, CancellationToken cancellation);

    /// <summary>What of an earlier call waits for its turn or runs, where another program looks after it. The usual engine does that itself.</summary>
    /// <param name="root">The study's folder.</param>
    /// <returns>It in one line, with the name by which that program knows it; null where there is nothing, or nothing is known.</returns>
    public virtual string? Waiting(string root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return null;
    }

    /// <summary>
    /// Ends what waits to be started; workers that run end by <see cref="StudyCancellation"/>, whatever the engine.
    /// </summary>
    /// <param name="root">The study's folder.</param>
    /// <returns>What was ended, in one line; null where this engine has started nothing here.</returns>
    public abstract string? Cancel(string root);
}
