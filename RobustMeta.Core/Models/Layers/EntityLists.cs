using System.Collections.Immutable;

namespace RobustMeta.Models.Layers;

/// <summary>A list of entities (items, or the user alone) for each user of a batch.</summary>
/// <param name="Starts">User b has <c>Entities[Starts[b] .. Starts[b+1])</c>; length B + 1.</param>
/// <param name="Entities">Dense indices.</param>
public sealed record EntityLists(ImmutableArray<int> Starts, ImmutableArray<int> Entities)
{
    /// <summary>Number of users B.</summary>
    public int Users => Starts.Length - 1;

    /// <summary>Length L that the lists are padded to.</summary>
    public int Longest { get; } =
        Starts.IsDefault || Starts.Length < 2
            ? throw new ArgumentException("Expected the list of at least one user.", nameof(Starts))
            : Enumerable.Range(0, Starts.Length - 1).Max(b => Starts[b + 1] - Starts[b]);

    /// <summary>The entities of user b.</summary>
    public ReadOnlySpan<int> this[int b] => Entities.AsSpan()[Starts[b]..Starts[b + 1]];

    /// <summary>One entity for each user.</summary>
    /// <param name="entities">The entity of each user; at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static EntityLists OneEach(ImmutableArray<int> entities) =>
        entities.IsDefaultOrEmpty
            ? throw new ArgumentException("Expected the entity of at least one user.", nameof(entities))
            : new([.. Enumerable.Range(0, entities.Length + 1)], entities);
}
