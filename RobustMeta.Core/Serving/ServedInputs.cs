using RobustMeta.Experiments;
using RobustMeta.Models;

namespace RobustMeta.Serving;

/// <summary>The inputs of users of the data that a model was trained on.</summary>
internal static class ServedInputs
{
    /// <summary>What the model sees of a user.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prepared">The data.</param>
    /// <param name="user">Dense index of the user.</param>
    public static FieldInput[] Of(ColdStartModel model, PreparedExperiment prepared, int user) =>
        [
            .. prepared
                .SchemaOf(model.Spec.Meta.Features)
                .UserFields.Select(field =>
                    field is TokenField tokens
                        ? new FieldInput(tokens.Bag(user).ToArray(), 0)
                        : new FieldInput([], ((NumericField)field).Values[user])
                ),
        ];
}
