namespace RobustMeta.Models;

/// <summary>
/// A model that is also known as data, so that an engine can compute it by hand-derived gradients instead of automatic
/// differentiation: <see cref="PerceptronForm"/>, <see cref="RidgeForm"/>,
/// <see cref="ClassForm"/>, <see cref="ProcessForm"/>, <see cref="UserVectorForm"/>, <see cref="MamoForm"/>,
/// <see cref="FactorForm"/> or <see cref="SafeForm"/>.
/// </summary>
/// <typeparam name="TForm">Kind of form.</typeparam>
public interface IHasForm<out TForm>
{
    /// <summary>What the model computes. Its parameters have the names that the form says.</summary>
    TForm Form { get; }
}
