using static TorchSharp.torch;

namespace RobustMeta.Models.Factors;

/// <summary>The priors of the users of a batch.</summary>
/// <param name="Mean">Mean of each user's vector, <c>[B, K]</c>.</param>
/// <param name="Precision">Precision of all of them: <c>[K]</c> if it is diagonal, else <c>[K, K]</c>.</param>
internal readonly record struct UserPriors(Tensor Mean, Tensor Precision);
