using RobustMeta.Evaluation;

namespace RobustMeta.Studies.Collection;

/// <summary>One row of a study's collected results: what one method is worth to one user on one test set by one metric.</summary>
/// <param name="Cell">Data set, shift and base model.</param>
/// <param name="Run">Where it comes from.</param>
/// <param name="Result">The result.</param>
internal sealed record CollectedRow(StudyCell Cell, CollectedSource Run, UserResult Result);
