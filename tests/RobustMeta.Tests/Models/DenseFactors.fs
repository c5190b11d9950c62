/// MetaPMF's equations for one user, with dense matrices: the oracle of its priors that are informed by exposure.
module RobustMeta.Tests.Models.DenseFactors

open MathNet.Numerics.LinearAlgebra
open RobustMeta.Tests.ModelCase

let vector (values: float seq) = Vector<float>.Build.DenseOfEnumerable values

/// The factors and priors of a case with one item field 'id'.
type DenseFactors(case: Case, factors: int, rank: int) =
    let order, width = factors + 1, factors + 2
    let row name columns i = vector (Array.sub case.Values[name] (i * columns) columns)
    let w item = row "item.id" width (item + 1)
    let q item = (w item).SubVector(1, order) + vector [ 1.0; 0.0; 0.0 ]
    let center, noise = case.Values["center"][0], exp (case.Values["logNoise"].[0])

    let spread item =
        (row "spread.id" width (item + 1) + vector case.Values["logSpread"]).PointwiseExp().SubVector(1, order)

    /// Variance of a rating around its score.
    member _.Noise = noise

    /// What the prior mean takes from the chosen items' factors.
    member _.Ground(chosen: int list) =
        let choice = Matrix<float>.Build.Dense(order, width, fun k l -> case.Values["choice"][l * order + k])
        choice * ((chosen |> List.map w |> List.reduce (+)) / float chosen.Length)

    /// Prior mean of a user who chose these items.
    member this.Informed(chosen: int list) =
        let size = float chosen.Length
        let sum = chosen |> List.map (fun item -> row "exposure.id" rank (item + 1)) |> List.reduce (+)
        let phi = vector [ yield! sum / sqrt size; log (size / 15.0) ]
        let map = Matrix<float>.Build.Dense(order, rank + 1, fun k r -> case.Values["exposure.map"][r * order + k])
        this.Ground chosen + map * phi + vector case.Values["exposure.constant"]

    /// Prior precision of the informed prior.
    member _.Precision =
        let precisions = (vector case.Values["logPrecision"]).PointwiseExp()

        Matrix<float>
            .Build.Dense(
                order,
                order,
                fun i j ->
                    (if i = j then precisions[i] else 0.0)
                    + case.Values["exposure.correlation"][i * order + j] * sqrt (precisions[i] * precisions[j])
            )

    /// Posterior mean of a user's vector, given ratings.
    member _.Posterior (prior: Vector<float>) (precision: Matrix<float>) (given: (int * float32) list) =
        let mutable system, right = precision, precision * prior

        for item, y in given do
            let uncertain = Matrix<float>.Build.DenseOfDiagonalVector(spread item)
            system <- system + ((q item).OuterProduct(q item) + uncertain) / noise
            right <- right + q item * ((float y - center - (w item)[0]) / noise)

        system.Solve right

    /// Score of an item by a user's vector.
    member _.Score (h: Vector<float>) item = center + (w item)[0] + q item * h
