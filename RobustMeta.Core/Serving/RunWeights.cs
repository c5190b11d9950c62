using RobustMeta.Experiments;
using RobustMeta.Models;
using RobustMeta.Training;

namespace RobustMeta.Serving;

/// <summary>The parameters of a run's folder, whoever wrote them: checked name by name before a model gets them.</summary>
internal sealed class RunWeights
{
    private readonly string path;
    private readonly SafetensorsFile file;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What the run knows of its data.</param>
    /// <exception cref="InvalidDataException">It is missing, damaged or of other data; the message says what to do.</exception>
    public RunWeights(string path, ServingData data)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path} is missing: the run keeps no parameters. Make the run again.");
        }
        this.path = path;
        file = SafetensorsFile.Load(path);
        if (file.Metadata.GetValueOrDefault(ServingFile.FingerprintKey) is var own && own != data.Fingerprint)
        {
            throw new InvalidDataException(
                $"{path} was trained on data with the fingerprint {own ?? "(none)"}, {ServingFile.Name} beside it knows data "
                    + $"with {data.Fingerprint}: the two are of different runs. Put the files of one run together, or make the "
                    + $"run again. Weights of your own need the metadata {ServingFile.FingerprintKey} of the file they replace."
            );
        }
    }

    /// <summary>The spec that the weights were trained with, as text; null where it is not said.</summary>
    public string? Spec => file.Metadata.GetValueOrDefault("spec");

    /// <summary>Refuses arrays that no model asks for.</summary>
    /// <param name="known">Names of all parameters.</param>
    /// <exception cref="InvalidDataException">There are others.</exception>
    public void RequireOnly(IReadOnlySet<string> known)
    {
        var others = file.Names.Where(name => !known.Contains(name)).ToList();
        if (others.Count > 0)
        {
            throw new InvalidDataException(
                $"{path} has arrays that the model does not know: {string.Join(", ", others)}. Leave them out, or change the "
                    + "model in spec.toml."
            );
        }
    }

    /// <summary>The parameters of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prefix">What stands before their names in the file.</param>
    /// <exception cref="InvalidDataException">One is missing, has another shape or type, or is not finite.</exception>
    public ParameterSet Of(MetaRecommender model, string prefix = "") =>
        new(model.Shapes.Select(shape => Read(shape, prefix + shape.Name)));

    private Parameter Read(ParameterShape shape, string name)
    {
        var expected = $"[{string.Join(", ", shape.Shape)}]";
        if (!file.Has(name))
        {
            throw new InvalidDataException(
                $"{path} has no array '{name}' {expected}; it has {string.Join(", ", file.Names)}."
            );
        }
        if (!file.ShapeOf(name).SequenceEqual(shape.Shape))
        {
            throw new InvalidDataException(
                $"{path}: '{name}' has the shape [{string.Join(", ", file.ShapeOf(name))}]; expected {expected}."
            );
        }
        var parameter = new Parameter(shape.Name, [.. shape.Shape]) { IsState = shape.IsState };
        var values = Values(name);
        if (values.Length != parameter.Size)
        {
            throw new InvalidDataException(
                $"{path}: '{name}' holds {values.Length} numbers; its shape {expected} needs {parameter.Size}."
            );
        }
        if (Array.FindIndex(values, x => !float.IsFinite(x)) is var place && place >= 0)
        {
            throw new InvalidDataException(
                $"{path}: '{name}' is {values[place]} at place {place}; expected finite numbers."
            );
        }
        values.CopyTo(parameter.Values.AsSpan());
        return parameter;
    }

    private float[] Values(string name)
    {
        try
        {
            return file.Single(name);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException(
                $"{path}: '{name}' is not of type F32 (32-bit floating point), as expected."
            );
        }
    }
}
