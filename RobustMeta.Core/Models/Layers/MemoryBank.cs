using TorchSharp;
using static TorchSharp.torch;

namespace RobustMeta.Models.Layers;

/// <summary>
/// Memories that are read by attention and written by moving averages (Dong et al., KDD 2020, section 3.3). They are
/// state: nothing is learned by gradient.
/// </summary>
public static class MemoryBank
{
    private static readonly Scalar Least = HeldNumbers.Of(1e-8);

    /// <summary>A memory of K slots, normal around zero.</summary>
    public static ParameterShape Shape(string name, int slots, double deviation, params int[] shape) =>
        new(name, [slots, .. shape], InitialValue.Normal, deviation) { IsState = true };

    /// <summary>Attention of each user to each slot, <c>[B, K]</c>: softmax of cosine similarities; no gradient.</summary>
    /// <param name="profiles">Users, <c>[B, P]</c>.</param>
    /// <param name="memory">Profile memory, <c>[K, P]</c>.</param>
    public static Tensor Attention(Tensor profiles, Tensor memory)
    {
        var rows = profiles.detach();
        var lengths = rows.norm(1, keepdim: true, 2f) * memory.norm(1, keepdim: false, 2f).unsqueeze(0);
        return (matmul(rows, memory.t()) / lengths.clamp_min(Least)).softmax(1);
    }

    /// <summary>What each user reads, <c>[B, …]</c> of a memory <c>[K, …]</c>.</summary>
    public static Tensor Read(Tensor attention, Tensor memory)
    {
        var rows = matmul(attention, memory.view(memory.shape[0], -1));
        return rows.view([attention.shape[0], .. memory.shape[1..]]);
    }

    /// <summary>
    /// The memory after every user of the batch, in order, has written:
    /// <c>M ← rate · (a_u ⊗ x_u) + (1 − rate) M</c>. All of them wrote what they computed from the memory as it was before the
    /// batch.
    /// </summary>
    /// <param name="memory">The memory, <c>[K, …]</c>.</param>
    /// <param name="attention">Attention, <c>[B, K]</c>.</param>
    /// <param name="content">What each user writes, <c>[B, …]</c>.</param>
    /// <param name="rate">Rate of the moving average.</param>
    public static Tensor Write(Tensor memory, Tensor attention, Tensor content, double rate)
    {
        // Unrolled: user b's share is rate (1 − rate)^(users after b).
        var users = (int)attention.shape[0];
        var shares = Enumerable.Range(0, users).Select(b => rate * Math.Pow(1 - rate, users - 1 - b)).ToArray();
        var written = matmul(
            (attention * Aligned.Of(shares, attention.dtype, users, 1)).t(),
            content.detach().reshape(users, -1)
        );
        var kept = Aligned.Of([Math.Pow(1 - rate, users)], memory.dtype, 1);
        return written.view(memory.shape).Plus(memory * kept);
    }

    /// <summary>
    /// The memory after every user, in order, has blended in a content that was itself read from it:
    /// <c>M_k ← (1 − rate · a_uk) M_k + rate · a_uk · x_u</c>.
    /// </summary>
    /// <remarks>
    /// The published rule (<see cref="Write"/>) writes a_uk x_u, which for x_u = Σ_k a_uk M_k shrinks the memory by Σ_k a_uk² at
    /// rate: within some thousand users it is zero, and the model constant. Here each slot moves towards the content in
    /// proportion to the attention to it, and nothing vanishes.
    /// </remarks>
    /// <param name="memory">The memory, <c>[K, …]</c>.</param>
    /// <param name="attention">Attention, <c>[B, K]</c>.</param>
    /// <param name="content">What each user blends in, <c>[B, …]</c>.</param>
    /// <param name="rate">Rate of the moving average.</param>
    public static Tensor Blend(Tensor memory, Tensor attention, Tensor content, double rate)
    {
        var (users, slots) = ((int)attention.shape[0], (int)attention.shape[1]);
        var shares = (attention * Aligned.Of([rate], attention.dtype, 1))
            .to(ScalarType.Float64)
            .contiguous()
            .data<double>()
            .ToArray();
        var kept = Enumerable.Repeat(1.0, slots).ToArray();
        for (var b = users - 1; b >= 0; b--)
        {
            for (var k = 0; k < slots; k++)
            {
                var share = shares[b * slots + k];
                shares[b * slots + k] = share * kept[k];
                kept[k] *= 1 - share;
            }
        }
        var written = matmul(Aligned.Of(shares, memory.dtype, users, slots).t(), content.detach().reshape(users, -1));
        var old = memory.view(slots, -1) * Aligned.Of(kept, memory.dtype, slots, 1);
        return written.Plus(old).view(memory.shape);
    }
}
