using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Models.Factors;

/// <summary>
/// The normal equations of successive users or items, as many at once as a vector has lanes: what the sums of a side give, a prior
/// beside them, solutions and covariances. Of one thread.
/// </summary>
internal sealed unsafe class LaneSystems
{
    private readonly FactorKernels kernels;
    private readonly int width;
    private readonly int known;
    private readonly int order;
    private readonly int size;
    private readonly int lanes;
    private readonly AlignedNumbers<double> memory;

    /// <summary>Room for the systems.</summary>
    /// <param name="kernels">Loops for a width of vectors.</param>
    /// <param name="width">Width D of the vectors.</param>
    /// <param name="known">Number of their first positions that are 1 with certainty: 0 or 1.</param>
    public LaneSystems(FactorKernels kernels, int width, int known)
    {
        (this.kernels, this.width, this.known) = (kernels, width, known);
        (order, size, lanes) = (width - known, PackedSymmetric.Size(width), kernels.Lanes);
        memory = new((2L * size + 7L * width) * lanes);
    }

    // Sums of the other side's moments and means, as loaded; the systems, then −A⁻¹, then moments; the rest of the right sides, of
    // solutions and of what the kernels need.
    private double* Sums => memory.Start;
    private double* System => Sums + (nint)size * lanes;
    private double* Pulls => System + (nint)size * lanes;
    private double* Right => Pulls + (nint)width * lanes;
    private double* Mean => Right + (nint)width * lanes;
    private double* Scratch => Mean + (nint)width * lanes;
    private double* Spare => Scratch + (nint)(2 * width) * lanes;

    // Without the known position, a matrix is the rest of its diagonal and the rest of its columns.
    private double* Diagonal => System + (nint)known * lanes;
    private double* Below => System + (nint)(known == 0 ? width : 2 * width - 1) * lanes;

    /// <summary>Takes the sums of some vectors, the number of lanes from one on; where none are left, zeros.</summary>
    /// <param name="sums">Sums of the other side's means and moments.</param>
    /// <param name="first">The first vector.</param>
    /// <param name="scale">What all of them are multiplied by.</param>
    public void Load(FactorSide sums, int first, double scale)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            var isNone = first + lane >= sums.Count;
            // A vector that is there in the place of one that is not: times zero.
            var (index, factor) = isNone ? (0, 0) : (first + lane, scale);
            for (var slab = 0; slab < sums.Slabs; slab++)
            {
                Spread(factor, sums.MomentAt(slab, index), Sums + Start(slab) + lane, LengthOf(slab));
            }
            Spread(factor, sums.MeanAt(index), Pulls + lane, width);
        }
        new Span<double>(Sums, size * lanes).CopyTo(new(System, size * lanes));
        new Span<double>(Pulls, width * lanes).CopyTo(new(Right, width * lanes));
        for (var k = known; k < width && known > 0; k++)
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                // What the known position explains.
                Right[k * lanes + lane] -= Sums[(width + k - 1) * lanes + lane];
            }
        }
    }

    /// <summary>Adds to a position of the diagonal of every system.</summary>
    public void AddPrecision(int k, double precision)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            System[k * lanes + lane] += precision;
        }
    }

    /// <summary>Adds a packed matrix of all unknown positions to every system.</summary>
    public void AddPrecision(ReadOnlySpan<double> packed)
    {
        for (var place = 0; place < packed.Length; place++)
        {
            var into = place < order ? Diagonal + (nint)place * lanes : Below + (nint)(place - order) * lanes;
            for (var lane = 0; lane < lanes; lane++)
            {
                into[lane] += packed[place];
            }
        }
    }

    /// <summary>Adds to a position of one system's right side.</summary>
    public void AddRight(int lane, int k, double value) => Right[k * lanes + lane] += value;

    /// <summary>Systems become covariances.</summary>
    public void Invert() => kernels.Sweep(Diagonal, Below, order, Scratch);

    /// <summary>Means from covariances and right sides.</summary>
    public void Solve()
    {
        kernels.NegatedProduct(Diagonal, Below, Right + (nint)known * lanes, Mean + (nint)known * lanes, order);
        new Span<double>(Mean, known * lanes).Fill(1);
    }

    /// <summary>A mean, <c>[order]</c>, for a right side with something added to it.</summary>
    /// <param name="lane">The system.</param>
    /// <param name="added">What is added, <c>[order]</c>.</param>
    /// <param name="mean">Receives the mean.</param>
    public void Solve(int lane, ReadOnlySpan<double> added, Span<double> mean)
    {
        var right = new Span<double>(Spare, order);
        for (var k = 0; k < order; k++)
        {
            right[k] = Right[(k + known) * lanes + lane] + added[k];
        }
        for (var k = 0; k < order; k++)
        {
            mean[k] = -Diagonal[(nint)k * lanes + lane] * right[k];
        }
        var below = Below + lane;
        for (var j = 0; j < order; j++)
        {
            for (var i = j + 1; i < order; i++)
            {
                mean[i] -= *below * right[j];
                mean[j] -= *below * right[i];
                below += lanes;
            }
        }
    }

    /// <summary>Adds one system's covariance to a packed matrix.</summary>
    public void AddCovariance(int lane, Span<double> packed)
    {
        for (var place = 0; place < packed.Length; place++)
        {
            var from = place < order ? Diagonal + (nint)place * lanes : Below + (nint)(place - order) * lanes;
            packed[place] -= from[lane];
        }
    }

    /// <summary>Covariances become second moments, and both are written over the sums.</summary>
    /// <param name="side">Where they were loaded from.</param>
    /// <param name="first">The first vector.</param>
    public void Save(FactorSide side, int first)
    {
        kernels.SquareMinus(Diagonal, Below, Mean + (nint)known * lanes, order);
        if (known > 0)
        {
            new Span<double>(System, lanes).Fill(1);
            new Span<double>(Mean + lanes, order * lanes).CopyTo(new(System + (nint)width * lanes, order * lanes));
        }
        for (var lane = 0; lane < Math.Min(lanes, side.Count - first); lane++)
        {
            for (var slab = 0; slab < side.Slabs; slab++)
            {
                Collect(System + Start(slab) + lane, side.MomentAt(slab, first + lane), LengthOf(slab));
            }
            Collect(Mean + lane, side.MeanAt(first + lane), width);
        }
    }

    private nint Start(int slab) => (nint)slab * FactorKernels.Block * lanes;

    private int LengthOf(int slab) => Math.Min(FactorKernels.Block, size - slab * FactorKernels.Block);

    // Numbers of one vector times a factor, into a lane.
    private void Spread(double factor, double* from, double* lane, int count)
    {
        var step = lanes;
        for (var end = from + count; from < end; from++)
        {
            *lane = factor * *from;
            lane += step;
        }
    }

    private void Collect(double* lane, double* into, int count)
    {
        var step = lanes;
        for (var end = into + count; into < end; into++)
        {
            *into = *lane;
            lane += step;
        }
    }

    /// <summary>
    /// After <see cref="Save"/>: of each system <c>E[Σ (xᵀz)² − 2 Σ p xᵀz]</c>, where the sums were of z's moments and of means times p.
    /// </summary>
    /// <param name="sums">Receives a number for each lane.</param>
    public void Fits(Span<double> sums)
    {
        new Span<double>(Spare, lanes).Clear();
        kernels.AddLaneDots(1, Sums, System, width, Spare);
        kernels.AddLaneDots(2, Sums + (nint)width * lanes, System + (nint)width * lanes, size - width, Spare);
        kernels.AddLaneDots(-2, Pulls, Mean, width, Spare);
        new ReadOnlySpan<double>(Spare, lanes).CopyTo(sums);
    }
}
