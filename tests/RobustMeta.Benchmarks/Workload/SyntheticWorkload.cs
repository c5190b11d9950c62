using System.Collections.Immutable;
using RobustMeta.Models;
using RobustMeta.Runtime;
using RobustMeta.Settings;
using RobustMeta.Tasks;

namespace RobustMeta.Benchmarks.Workload;

/// <summary>A model, its initial parameters and its tasks: a function of the spec, so that every process has the same.</summary>
internal sealed class SyntheticWorkload
{
    /// <summary>Standard deviation of the initial embeddings.</summary>
    public const double EmbeddingScale = 0.1;

    private readonly ImmutableArray<int> lengths;
    private readonly int taskSeed;

    /// <summary>The workload of a spec.</summary>
    /// <exception cref="SettingException">supportMax is below supportMin.</exception>
    public SyntheticWorkload(WorkloadSpec spec)
    {
        if (spec.SupportMax < spec.SupportMin)
        {
            throw new SettingException(
                $"supportMax is {spec.SupportMax}; expected at least supportMin, which is {spec.SupportMin}"
            );
        }
        Spec = spec;
        Schema = SyntheticFields.Schema(spec.EmbeddingDim, spec.Seed);
        Settings = new MeLUSpec
        {
            HiddenDim1 = spec.Hidden,
            HiddenDim2 = spec.Hidden,
            Inner = new()
            {
                InnerSteps = spec.Steps,
                LocalLr = spec.LocalLr,
                Order = spec.Order,
            },
        };
        Model = Settings.Create(Schema, EmbeddingScale, LabelKind.Rating);
        taskSeed = Seeds.Derive(spec.Seed, "task");
        var random = Seeds.Generator(spec.Seed, "support lengths");
        var range = spec.SupportMax - spec.SupportMin + 1;
        lengths = [.. Enumerable.Range(0, spec.Users).Select(_ => Length(random.NextDouble())).ToArray()];

        int Length(double place) =>
            Math.Min(spec.SupportMax, spec.SupportMin + (int)(range * Math.Pow(place, spec.SupportSkew)));
    }

    /// <summary>The dimensions.</summary>
    public WorkloadSpec Spec { get; }

    /// <summary>The inputs of the model.</summary>
    public InputSchema Schema { get; }

    /// <summary>Settings of the model.</summary>
    public ModelSpec Settings { get; }

    /// <summary>The model.</summary>
    public MetaRecommender Model { get; }

    /// <summary>Mean length of a support set.</summary>
    public double MeanSupport => lengths.Average();

    /// <summary>Initial parameters; the same every time.</summary>
    public ParameterSet CreateParameters() => Model.CreateParameters(Spec.Seed);

    /// <summary>Numbers of the tasks in the order in which batches take them.</summary>
    public int[] Order(TaskOrder order)
    {
        var tasks = Enumerable.Range(0, Spec.Users);
        return [.. order == TaskOrder.Bucketed ? tasks.OrderBy(t => lengths[t]) : tasks];
    }

    /// <summary>All tasks in batches.</summary>
    public IEnumerable<TaskBatch> Batches(TaskOrder order) => Order(order).Chunk(Spec.Batch).Select(Batch);

    /// <summary>Fraction of padded support rows beyond the interactions themselves.</summary>
    public double PaddingWaste(TaskOrder order) =>
        Order(order).Chunk(Spec.Batch).Sum(b => (double)b.Length * b.Max(t => lengths[t])) / lengths.Sum(n => (double)n)
        - 1;

    /// <summary>Interactions for each distinct item of a batch, mean over batches.</summary>
    public double RowsPerItem =>
        Batches(TaskOrder.Random)
            .Average(b =>
                (double)(b.SupportItems.Length + b.QueryItems.Length)
                / b.SupportItems.Concat(b.QueryItems).Distinct().Count()
            );

    /// <summary>A batch of some tasks.</summary>
    public TaskBatch Batch(int[] tasks)
    {
        var support = new Side(tasks.Length, tasks.Sum(t => lengths[t]));
        var query = new Side(tasks.Length, tasks.Length * Spec.Query);
        foreach (var task in tasks)
        {
            var random = new Random(taskSeed ^ task);
            support.Add(lengths[task], Spec, random);
            query.Add(Spec.Query, Spec, random);
        }
        return new(
            [.. tasks.Select(SyntheticFields.UserOf)],
            [.. tasks],
            support.Starts.MoveToImmutable(),
            support.Items.MoveToImmutable(),
            support.Labels.MoveToImmutable(),
            query.Starts.MoveToImmutable(),
            query.Items.MoveToImmutable(),
            query.Labels.MoveToImmutable()
        );
    }

    private sealed class Side
    {
        public Side(int tasks, int interactions)
        {
            Starts = ImmutableArray.CreateBuilder<int>(tasks + 1);
            Starts.Add(0);
            Items = ImmutableArray.CreateBuilder<int>(interactions);
            Labels = ImmutableArray.CreateBuilder<float>(interactions);
        }

        public ImmutableArray<int>.Builder Starts { get; }
        public ImmutableArray<int>.Builder Items { get; }
        public ImmutableArray<float>.Builder Labels { get; }

        // Some items are popular: a power of a uniform number leans towards the first.
        public void Add(int count, WorkloadSpec spec, Random random)
        {
            for (var i = 0; i < count; i++)
            {
                var place = random.NextDouble();
                var popular = spec.ItemSkew == 2 ? place * place : Math.Pow(place, spec.ItemSkew);
                Items.Add((int)(popular * spec.Items));
                Labels.Add(random.Next(1, 6));
            }
            Starts.Add(Items.Count);
        }
    }
}
