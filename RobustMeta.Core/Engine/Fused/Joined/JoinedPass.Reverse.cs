using RobustMeta.Engine.Fused.Memory;
using RobustMeta.Engine.Fused.Vectors;

namespace RobustMeta.Engine.Fused.Joined;

/// <content>The way back, and what the user writes to the memories.</content>
internal sealed unsafe partial class JoinedPass<T>
{
    // Adjoint of the joined rows, of their sum over rows, and errors of rows in the top's last layer.
    private T* joinAdjoint;
    private T* userJoinAdjoint;
    private T* errors;

    /// <summary>Adjoints of a user's rows and profile into the batch, those of the meta-parameters into a block.</summary>
    /// <param name="user">The user.</param>
    /// <param name="memory">What <see cref="Forward"/> was given.</param>
    /// <param name="gradient">Is added to.</param>
    public void Reverse(int user, T* memory, T* gradient)
    {
        var bump = new Bump<T>(memory);
        Carve(ref bump, user, training: true);
        scratch.Reset();
        for (var l = 0; l < 2; l++)
        {
            Take(things.Layers[l], JoinedPart.Item, l);
            Take(top.Layers[l], JoinedPart.Top, l);
        }
        Reserve(Math.Max(batch.SupportOf(user).Count, batch.QueryOf(user).Count));
        WriteMemories(user);
        StartAdjoints();
        ReverseQueries(user);
        for (var t = steps - 1; t >= 0 && isSecondOrder; t--)
        {
            ReverseStep(user, t);
        }
        batch.GiveWeightAdjoint(user);
        for (var l = 0; l < 2; l++)
        {
            parameters.AddGradient(JoinedPart.User, l, person.Layers[l], gradient);
            parameters.AddGradient(JoinedPart.Item, l, things.Layers[l], gradient);
            parameters.AddGradient(JoinedPart.Top, l, top.Layers[l], gradient);
        }
    }

    private void Reserve(int rows)
    {
        person.Reserve(1, scratch);
        things.Reserve(rows, scratch);
        top.Reserve(rows, scratch);
        joinAdjoint = scratch.Take((long)rows * ItemJoin.OutputPadded);
        userJoinAdjoint = scratch.Take(UserJoin.OutputPadded);
        errors = scratch.TakeZeros((long)rows * top.Last.OutputPadded);
    }

    private void StartAdjoints()
    {
        foreach (var layer in layers)
        {
            layer.StartAdjoint(scratch);
        }
    }

    // The profile, the gradient of the mean query loss by the adapted user network, and the adapted joining matrix.
    private void WriteMemories(int user)
    {
        var (queries, memories) = (batch.QueryOf(user).Count, parameters.Memories);
        var own = memories.Content(user, parameters.ProfileMemory);
        Arithmetic<T>.Copy(Profile(user), own, person.First.InputPadded);
        for (var i = 0; i < queries; i++)
        {
            errors[(long)i * top.Last.OutputPadded] = slopes[steps][i] / T.CreateChecked(queries);
        }
        StartAdjoints();
        ReverseTop(steps, queries, afterStep: false);
        var unused = scratch.Take(person.First.InputPadded);
        person.ReverseForward(steps, userJoinAdjoint, unused, 1, afterStep: false, accumulate: false);
        parameters.CopyToMemory(user, person);
        var join = memories.Content(user, parameters.JoinMemory);
        Arithmetic<T>.Copy(UserJoin.Weight[steps], join, UserJoin.Size);
        Arithmetic<T>.Copy(ItemJoin.Weight[steps], join + UserJoin.Size, ItemJoin.Size);
    }

    private void ReverseQueries(int user)
    {
        var rows = batch.QueryOf(user);
        for (var i = 0; i < rows.Count; i++)
        {
            errors[(long)i * top.Last.OutputPadded] =
                batch.QueryWeights[rows.First - batch.SupportRows + i] * slopes[steps][i];
        }
        ReverseForward(user, steps, rows, afterStep: false, accumulate: false);
    }

    private void ReverseStep(int user, int t)
    {
        var rows = batch.SupportOf(user);
        var (count, width) = (rows.Count, ItemJoin.OutputPadded);
        var isLast = t == steps - 1;
        person.ReverseStep(t, 1, ProfileAdjoint(user), accumulate: true, scratch);
        things.ReverseStep(t, count, RowAdjoint(rows), accumulate: !isLast, scratch);
        top.ReverseStep(t, count, joinAdjoint, accumulate: false, scratch);
        person.ReverseBackward(t, 1);
        things.ReverseBackward(t, count);
        // Each row's deltas went to its item, and their sum to the user.
        arithmetic.Outer(null, T.One, person.DeltaAdjoint, things.DeltaAdjoint, count, width, accumulate: true);
        top.ReverseBackward(t, things.DeltaAdjoint, count);
        for (var i = 0; i < count; i++)
        {
            var place = rows.First + i;
            var adjoint = top.DeltaAdjoint[(long)i * top.Last.OutputPadded];
            batch.FractionAdjoint[place] += adjoint * slopes[t][i];
            errors[(long)i * top.Last.OutputPadded] = adjoint * batch.Fractions[place] * curvatures[t][i];
        }
        ReverseForward(user, t, rows, afterStep: true, accumulate: true);
    }

    // From the errors of rows to all weights of step t, the rows' items and the profile.
    private void ReverseForward(int user, int t, RowRange rows, bool afterStep, bool accumulate)
    {
        ReverseTop(t, rows.Count, afterStep);
        things.ReverseForward(t, joinAdjoint, RowAdjoint(rows), rows.Count, afterStep, accumulate);
        person.ReverseForward(t, userJoinAdjoint, ProfileAdjoint(user), 1, afterStep, accumulate: true);
    }

    private void ReverseTop(int t, int rows, bool afterStep)
    {
        top.ReverseForward(t, errors, joinAdjoint, rows, afterStep, accumulate: afterStep);
        SumRows(joinAdjoint, userJoinAdjoint, rows);
    }

    private T* RowAdjoint(RowRange rows) => batch.RowAdjoint + (long)rows.First * things.First.InputPadded;

    private T* ProfileAdjoint(int user) => batch.ProfileAdjoint + (long)user * person.First.InputPadded;
}
