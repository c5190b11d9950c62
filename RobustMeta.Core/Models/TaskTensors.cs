using System.Collections.Immutable;
using RobustMeta.Models.Layers;
using RobustMeta.Tasks;
using static TorchSharp.torch;

namespace RobustMeta.Models;

/// <summary>
/// A batch of B tasks as tensors, supports padded to S and queries to Q interactions. Each distinct item appears once
/// in <see cref="Items"/>, so that its embedding is computed once; slots point there.
/// </summary>
public sealed class TaskTensors : IDisposable
{
    private TaskTensors(TaskBatch batch, ScalarType precision)
    {
        Batch = batch;
        var slots = new Dictionary<int, int>();
        Support = new(
            batch.SupportStarts,
            batch.SupportItems,
            batch.SupportLabels,
            batch.SupportOffset,
            slots,
            precision
        );
        Query = new(batch.QueryStarts, batch.QueryItems, batch.QueryLabels, batch.QueryOffset, slots, precision);
        Items = [.. slots.Keys];
        SupportWeights = Support.Mask.clone();
    }

    /// <summary>The batch.</summary>
    public TaskBatch Batch { get; }

    /// <summary>The distinct items of the batch, dense indices, <c>[U]</c>.</summary>
    public ImmutableArray<int> Items { get; }

    /// <summary>Support side, S interactions.</summary>
    public Padded Support { get; }

    /// <summary>Query side, Q interactions.</summary>
    public Padded Query { get; }

    /// <summary>
    /// Weights of the support interactions, <c>[B, S]</c>, 1 for each unless replaced. A model that takes a mean over the
    /// support divides by their sum (which is part of the graph); 0 is as if the interaction were not there, 2 as if it
    /// were there twice. Padding has to be masked.
    /// </summary>
    public Tensor SupportWeights { get; set; }

    /// <summary>Pads a batch.</summary>
    /// <param name="batch">The tasks; each with at least one support and one query interaction.</param>
    /// <param name="precision">Floating-point type of labels and masks.</param>
    public static TaskTensors Of(TaskBatch batch, ScalarType precision = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(batch, precision);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Support.Dispose();
        Query.Dispose();
        SupportWeights.Dispose();
    }

    /// <summary>One side of the tasks, padded to a common length.</summary>
    public sealed class Padded : IDisposable
    {
        internal Padded(
            ImmutableArray<int> starts,
            ImmutableArray<int> items,
            ImmutableArray<float> labels,
            ImmutableArray<float> offsets,
            Dictionary<int, int> slots,
            ScalarType precision
        )
        {
            var tasks = starts.Length - 1;
            Length = Enumerable.Range(0, tasks).Max(b => starts[b + 1] - starts[b]);
            var slotValues = new long[tasks * Length];
            var labelValues = new float[tasks * Length];
            var maskValues = new float[tasks * Length];
            var offsetValues = new float[tasks * Length];
            for (var b = 0; b < tasks; b++)
            {
                for (var i = starts[b]; i < starts[b + 1]; i++)
                {
                    var cell = b * Length + i - starts[b];
                    if (!slots.TryGetValue(items[i], out var slot))
                    {
                        slots.Add(items[i], slot = slots.Count);
                    }
                    slotValues[cell] = slot;
                    labelValues[cell] = labels[i];
                    maskValues[cell] = 1;
                    offsetValues[cell] = offsets.IsEmpty ? 0 : offsets[i];
                }
            }
            Slots = Aligned.Of(slotValues);
            Labels = Aligned.Of(labelValues, precision, tasks, Length);
            Mask = Aligned.Of(maskValues, precision, tasks, Length);
            Offset = Aligned.Of(offsetValues, precision, tasks, Length);
        }

        /// <summary>Padded length L.</summary>
        public int Length { get; }

        /// <summary>Place of each interaction's item in <see cref="Items"/>, int64 <c>[B·L]</c>; padding points to 0.</summary>
        public Tensor Slots { get; }

        /// <summary>Labels <c>[B, L]</c>; padding is 0.</summary>
        public Tensor Labels { get; }

        /// <summary>1 for interactions, 0 for padding, <c>[B, L]</c>.</summary>
        public Tensor Mask { get; }

        /// <summary>Score that predictions start from, <c>[B, L]</c>; 0 where the batch has none.</summary>
        public Tensor Offset { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
            Slots.Dispose();
            Labels.Dispose();
            Mask.Dispose();
            Offset.Dispose();
        }
    }
}
