using RobustMeta.Tasks;

namespace RobustMeta.Serving;

/// <summary>A model by automatic differentiation: one engine, on the one thread that works with libtorch.</summary>
internal sealed class TorchModel : IServedModel
{
    private readonly SlotPredictor engine;
    private bool isDisposed;

    /// <summary>A model.</summary>
    /// <param name="create">Makes the engine, on the thread that it stays on.</param>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public TorchModel(Func<SlotPredictor> create) => engine = ServingThread.Run(create);

    /// <inheritdoc/>
    public IServedUser Adapt(FieldInput[] user, int[] items, float[] labels) =>
        new EngineUser(
            (inputs, batch) =>
                ServingThread.Run(() =>
                {
                    // The users that it was adapted to may outlive it; its tensors do not.
                    ObjectDisposedException.ThrowIf(isDisposed, typeof(ColdStartModel));
                    return engine.Predict(inputs, batch);
                }),
            user,
            [.. items],
            [.. labels]
        );

    /// <inheritdoc/>
    public void Dispose() =>
        ServingThread.Run(() =>
        {
            isDisposed = true;
            engine.Dispose();
            return 0;
        });
}
