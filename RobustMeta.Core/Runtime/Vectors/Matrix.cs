using System.Runtime.CompilerServices;

namespace RobustMeta.Runtime.Vectors;

/// <summary>
/// Numbers in unmanaged memory seen as a matrix: element (i, j) stands at <c>Start[i · RowStride + j · ColumnStride]</c>.
/// Owns nothing; a transposed matrix is another view of the same numbers.
/// </summary>
/// <param name="start">Element (0, 0).</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="rowStride">Numbers from one row to the next.</param>
/// <param name="columnStride">Numbers from one column to the next.</param>
internal readonly unsafe ref struct Matrix<T>(T* start, int rows, int columns, int rowStride, int columnStride = 1)
    where T : unmanaged
{
    /// <summary>Rows one after the other, without anything between them.</summary>
    /// <param name="start">Element (0, 0).</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    public Matrix(T* start, int rows, int columns)
        : this(start, rows, columns, columns) { }

    /// <summary>Element (0, 0).</summary>
    public T* Start { get; } = start;

    /// <summary>Number of rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Number of columns.</summary>
    public int Columns { get; } = columns;

    /// <summary>Numbers from one row to the next.</summary>
    public int RowStride { get; } = rowStride;

    /// <summary>Numbers from one column to the next.</summary>
    public int ColumnStride { get; } = columnStride;

    /// <summary>Rows and columns exchanged; nothing is copied.</summary>
    public Matrix<T> Transposed => new(Start, Columns, Rows, ColumnStride, RowStride);

    /// <summary>Some rows of it.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Matrix<T> RowsFrom(int first, int count) =>
        new(Start + (long)first * RowStride, count, Columns, RowStride, ColumnStride);

    /// <summary>Some columns of it.</summary>
    /// <param name="first">First column.</param>
    /// <param name="count">Number of columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Matrix<T> ColumnsFrom(int first, int count) =>
        new(Start + (long)first * ColumnStride, Rows, count, RowStride, ColumnStride);
}
