namespace RobustMeta.Data.Reading.Columnar;

/// <summary>The tree of columns, which a file lists from the root down.</summary>
internal sealed class ParquetTree
{
    // More than anybody nests; what goes deeper is made to break readers.
    private const int Deepest = 32;

    // A list of values: the list, what is repeated in it, and the value.
    private const int LongestList = 3;
    private readonly IReadOnlyList<ParquetElement> elements;
    private readonly List<ParquetLeaf> leaves = [];
    private int next = 1;

    /// <summary>Builds the tree.</summary>
    /// <param name="elements">The root, and behind each group its elements.</param>
    /// <exception cref="InvalidDataException">They are no tree, or it is too deep.</exception>
    public ParquetTree(IReadOnlyList<ParquetElement> elements)
    {
        this.elements = elements;
        if (elements.Count == 0)
        {
            throw NoTree();
        }
        var fields = new List<ParquetField>();
        for (var i = 0; i < elements[0].Children; i++)
        {
            fields.Add(Field());
        }
        if (next != elements.Count)
        {
            throw NoTree();
        }
        Fields = fields;
    }

    /// <summary>The columns as users see them.</summary>
    public IReadOnlyList<ParquetField> Fields { get; }

    /// <summary>The columns that hold values, in the order of the file.</summary>
    public IReadOnlyList<ParquetLeaf> Leaves => leaves;

    private ParquetField Field()
    {
        var first = leaves.Count;
        var element = Descend([], 0, 0);
        var only = leaves.Count == first + 1 ? leaves[first] : null;
        if (element.Type is not null)
        {
            return new(
                element.Name,
                (element.IsRepeated ? "list of " : "") + (only!.Type ?? "another kind"),
                only.Type is null ? null : only,
                element.IsRepeated
            );
        }
        var isMarked = element.Meaning == ParquetMeaning.List || element.IsRepeated;
        return isMarked && only is { Repetition: 1, Type: not null, Path.Count: <= LongestList }
            ? new(element.Name, $"list of {only.Type}", only, true)
            : new(
                element.Name,
                isMarked ? "list"
                    : element.Meaning == ParquetMeaning.Map ? "map"
                    : "struct",
                null,
                isMarked
            );
    }

    private ParquetElement Descend(IReadOnlyList<string> above, int definition, int repetition)
    {
        if (next == elements.Count || above.Count == Deepest)
        {
            throw NoTree();
        }
        var element = elements[next++];
        string[] path = [.. above, element.Name];
        definition += element.IsOptional || element.IsRepeated ? 1 : 0;
        repetition += element.IsRepeated ? 1 : 0;
        if (element.Type is not null)
        {
            leaves.Add(new(element, path, definition, repetition, leaves.Count));
        }
        for (var i = 0; i < element.Children; i++)
        {
            Descend(path, definition, repetition);
        }
        return element;
    }

    private static InvalidDataException NoTree() => new("a damaged list of columns");
}
