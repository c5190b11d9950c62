namespace RobustMeta.Runtime.Vectors;

/// <summary>Numbers of rows that a tile may have.</summary>
internal static class RowCounts
{
    internal readonly struct One : ICount
    {
        public static int Count => 1;
    }

    internal readonly struct Two : ICount
    {
        public static int Count => 2;
    }

    internal readonly struct Three : ICount
    {
        public static int Count => 3;
    }

    internal readonly struct Four : ICount
    {
        public static int Count => 4;
    }

    internal readonly struct Five : ICount
    {
        public static int Count => 5;
    }

    internal readonly struct Six : ICount
    {
        public static int Count => 6;
    }

    internal readonly struct Seven : ICount
    {
        public static int Count => 7;
    }

    internal readonly struct Eight : ICount
    {
        public static int Count => 8;
    }
}
