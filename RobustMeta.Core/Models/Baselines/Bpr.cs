using System.Globalization;
using RobustMeta.Runtime;
using RobustMeta.Tasks;

namespace RobustMeta.Models.Baselines;

/// <summary>
/// BPR-MF (Rendle et al., UAI 2009): factors and item biases by stochastic ascent on log σ(x_ui − x_uj) over pairs of a liked
/// item i and a drawn other one j. A new user's factor is found by the same steps on the support with the items fixed.
/// Scores are an order only.
/// </summary>
public sealed class Bpr : IPredictor
{
    private readonly BprSpec spec;
    private readonly TaskSource source;
    private readonly long seed;
    private readonly double[][] vectors;
    private readonly double[] biases;
    private readonly int[] known;

    private Bpr(BprSpec spec, TaskSource source, TaskBatch train, long seed)
    {
        this.spec = spec;
        this.source = source;
        this.seed = seed;
        var count = source.Ratings.Items.Count;
        known = [.. train.SupportItems.Concat(train.QueryItems).Distinct().Order()];
        var random = Seeds.Generator(seed, "bpr", "items");
        vectors = new double[count][];
        biases = new double[count];
        foreach (var item in known)
        {
            vectors[item] = Vector(random);
        }
    }

    /// <inheritdoc/>
    public string Name => spec.Name;

    /// <summary>Fits the factors.</summary>
    /// <param name="spec">Number of factors, steps, penalty.</param>
    /// <param name="source">The threshold of relevance.</param>
    /// <param name="train">All meta-training tasks.</param>
    /// <param name="seed">Seed of initial factors and draws.</param>
    public static Bpr Fit(BprSpec spec, TaskSource source, TaskBatch train, long seed)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(train);
        var model = new Bpr(spec, source, train, seed);
        var users = Enumerable.Range(0, train.Count).Select(b => model.Split(train, b, withQuery: true)).ToList();
        var random = Seeds.Generator(seed, "bpr", "users");
        var people = users.Select(_ => model.Vector(random)).ToList();
        var pairs = users.SelectMany((user, u) => user.Liked.Select(item => (u, item))).ToArray();
        for (var round = 0; round < spec.Rounds; round++)
        {
            var draws = Seeds.Generator(seed, "bpr", round.ToString(CultureInfo.InvariantCulture));
            draws.Shuffle(pairs);
            foreach (var (u, item) in pairs)
            {
                model.Step(people[u], item, model.Draw(users[u], draws), movesItems: true);
            }
        }
        return model;
    }

    /// <inheritdoc/>
    public bool ScoresAreLabels => false;

    /// <inheritdoc/>
    public float[] Predict(TaskBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var scores = new float[batch.QueryItems.Length];
        for (var b = 0; b < batch.Count; b++)
        {
            var person = FoldIn(batch, b);
            for (var i = batch.QueryStarts[b]; i < batch.QueryStarts[b + 1]; i++)
            {
                scores[i] = (float)Score(person, batch.QueryItems[i]);
            }
        }
        return scores;
    }

    private double[] FoldIn(TaskBatch batch, int b)
    {
        var user = Split(batch, b, withQuery: false);
        var person = new double[spec.Factors];
        var draws = Seeds.Generator(seed, "bpr fold-in", batch.Users[b].ToString(CultureInfo.InvariantCulture));
        for (var round = 0; round < spec.Rounds; round++)
        {
            foreach (var item in user.Liked)
            {
                Step(person, item, Draw(user, draws), movesItems: false);
            }
        }
        return person;
    }

    private (int[] Liked, int[] Disliked) Split(TaskBatch batch, int b, bool withQuery)
    {
        var support = Enumerable
            .Range(batch.SupportStarts[b], batch.SupportLength(b))
            .Select(i => (Item: batch.SupportItems[i], Label: batch.SupportLabels[i]));
        var query = Enumerable
            .Range(batch.QueryStarts[b], withQuery ? batch.QueryLength(b) : 0)
            .Select(i => (Item: batch.QueryItems[i], Label: batch.QueryLabels[i]));
        var all = support.Concat(query).Where(x => vectors[x.Item] is not null).ToList();
        return (
            [.. all.Where(x => source.Relevance.Holds(x.Label)).Select(x => x.Item)],
            [.. all.Where(x => !source.Relevance.Holds(x.Label)).Select(x => x.Item)]
        );
    }

    private int Draw((int[] Liked, int[] Disliked) user, Random random)
    {
        if (spec.ObservedNegatives && user.Disliked.Length > 0)
        {
            return user.Disliked[random.Next(user.Disliked.Length)];
        }
        // A liked item is drawn now and then where nearly all are liked; such a pair moves nothing in the mean.
        var item = known[random.Next(known.Length)];
        for (var again = 0; again < 10 && Array.IndexOf(user.Liked, item) >= 0; again++)
        {
            item = known[random.Next(known.Length)];
        }
        return item;
    }

    private double Score(double[] person, int item)
    {
        if (vectors[item] is not { } vector)
        {
            return 0;
        }
        var score = biases[item];
        for (var k = 0; k < person.Length; k++)
        {
            score += person[k] * vector[k];
        }
        return score;
    }

    private void Step(double[] person, int liked, int other, bool movesItems)
    {
        var slope = Logistic.Sigmoid(Score(person, other) - Score(person, liked));
        var (up, down) = (vectors[liked], vectors[other]);
        for (var k = 0; k < person.Length; k++)
        {
            var (p, u, d) = (person[k], up[k], down[k]);
            person[k] += spec.StepSize * (slope * (u - d) - spec.Regularization * p);
            if (movesItems)
            {
                up[k] += spec.StepSize * (slope * p - spec.Regularization * u);
                down[k] += spec.StepSize * (-slope * p - spec.Regularization * d);
            }
        }
        if (movesItems)
        {
            biases[liked] += spec.StepSize * (slope - spec.Regularization * biases[liked]);
            biases[other] += spec.StepSize * (-slope - spec.Regularization * biases[other]);
        }
    }

    private double[] Vector(Random random) =>
        [.. Enumerable.Range(0, spec.Factors).Select(_ => 0.1 * random.NextGaussian())];
}
