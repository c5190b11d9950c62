namespace RobustMeta.Data.Reading;

/// <summary>What commas are in the numbers of a column.</summary>
internal enum CommaUse
{
    /// <summary>There are none, or the values are no numbers.</summary>
    None,

    /// <summary>They stand before the fraction: <c>3,5</c>.</summary>
    Decimal,

    /// <summary>They may stand before fractions or between thousands: <c>1,234</c>.</summary>
    Unclear,
}
