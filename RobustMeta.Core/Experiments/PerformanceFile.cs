using System.Globalization;
using System.Text;
using RobustMeta.Runtime;

namespace RobustMeta.Experiments;

/// <summary>
/// The paper's result file: one row per model and test set, six columns. Rows are appended under a lock, several
/// processes may share one file.
/// </summary>
public static class PerformanceFile
{
    /// <summary>The metrics of the paper, in the order of the columns.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["NDCG@10", "Recall@10", "Precision@10", "F1@10"];

    /// <summary>The first line.</summary>
    public static string Header { get; } = $"model,testset,{string.Join(',', Metrics)}";

    /// <summary>Appends rows; writes the header into a new file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Model, number of the test set, and the four values in the order of <see cref="Metrics"/>.</param>
    /// <exception cref="ArgumentException">A row has not four values.</exception>
    /// <exception cref="IOException">Another process keeps the file for more than ten seconds.</exception>
    public static void Append(string path, IEnumerable<(string Model, int TestSet, IReadOnlyList<double> Values)> rows)
    {
        var text = new StringBuilder();
        foreach (var (model, testSet, values) in rows)
        {
            if (values.Count != Metrics.Count)
            {
                throw new ArgumentException(
                    $"{model} comes with {values.Count} values; expected {Metrics.Count}: {string.Join(", ", Metrics)}."
                );
            }
            text.Append(CultureInfo.InvariantCulture, $"{CsvText.Quote(model)},{testSet}");
            foreach (var value in values)
            {
                text.Append(CultureInfo.InvariantCulture, $",{value:F6}");
            }
            text.Append('\n');
        }
        using var stream = OpenAlone(path);
        var block = stream.Length == 0 ? $"{Header}\n{text}" : text.ToString();
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(block));
    }

    private static FileStream OpenAlone(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (attempt < 100 && error is not DirectoryNotFoundException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
